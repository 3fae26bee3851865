package openmeetings

import (
	"slices"
	"time"
)

// The recording service.
// See RecordingWebService.java in openmeetings-webservice.

// statusProcessed is that of a recording that can be played.
const statusProcessed = "PROCESSED"

func recordingStatuses() []string {
	return []string{"NONE", "RECORDING", "CONVERTING", statusProcessed, "ERROR"}
}

// recording is a row of the recordings. Its id is of the same sequence as those of files.
type recording struct {
	id            int64
	name, hash    string
	roomID        *int64
	ownerID       *int64
	status        string
	interview     bool
	start, end    time.Time
	width, height *int64
	externalType  *string
	deleted       bool
}

// recording returns a recording that is not deleted, or nil.
func (s *state) recording(id int64) *recording {
	i := slices.IndexFunc(s.recordings, func(r *recording) bool { return r.id == id && !r.deleted })
	if i < 0 {
		return nil
	}
	return s.recordings[i]
}

// shown is the recording as a RecordingDTO. Its times are those of XML, which has a colon in the offset.
func (r *recording) shown() fields {
	return fields{
		{"id", r.id},
		{"name", r.name},
		{"hash", r.hash},
		{"roomId", opt(r.roomID)},
		{"status", r.status},
		{"interview", r.interview},
		{"start", xmlTime(r.start)},
		{"end", xmlTime(r.end)},
		{"width", opt(r.width)},
		{"height", opt(r.height)},
		{"ownerId", opt(r.ownerID)},
		{"externalType", opt(r.externalType)},
	}
}

func xmlTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(serverZone).Format(time.RFC3339)
}

func (s *state) recordingsA(which func(*recording) bool) answer {
	found := []any{}
	for _, r := range s.recordings {
		if !r.deleted && which(r) {
			found = append(found, r.shown())
		}
	}
	return many("recordingDTO", found)
}

func recordingsOfType(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	return c.s.state.recordingsA(func(r *recording) bool { return value(r.externalType) == c.values[0] }), nil
}

func recordingsOfRoom(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	return c.s.state.recordingsA(func(r *recording) bool { return r.roomID != nil && *r.roomID == id }), nil
}

// recordingsOfUser fails in all versions: the query has a parameter that nothing sets.
func recordingsOfUser(c *call) (answer, error) {
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	return answer{}, exception(`Query argument "type" is not set: getRecordingsByExternalUser`)
}

func deleteRecording(c *call) (answer, error) {
	id, err := c.allowID(rightSOAP)
	if err != nil {
		return answer{}, err
	}
	if r := c.s.state.recording(id); r != nil {
		r.deleted = true
	}
	return success("Deleted"), nil
}
