package rooms

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gavel/shared/audit"
	"gavel/shared/ids"
	"gavel/shared/objects"
	"gavel/shared/table"
)

// MaxFile is the size of the largest file that can be uploaded, in bytes.
const MaxFile = 100 << 20

// urlLifetime is how long a signed URL is good for. An upload or download that was begun in time
// may go on longer.
const urlLifetime = 5 * time.Minute

// Attachment is a file as participants see it.
type Attachment struct {
	FileID      string `json:"file_id"`
	Name        string `json:"name"`
	Size        int64  `json:"size"` // bytes
	ContentType string `json:"content_type"`
}

type fileRecord struct {
	Attachment
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	Uploaded bool      `json:"uploaded,omitempty"` // seen in the store
}

func objectKey(room, file string) string { return room + "/attachment/" + file }

// UploadURL announces a file of a room the caller is in and gives the request to send it with. What
// is sent must have the size and the content type that were announced; it can be sent once.
func (s *Service) UploadURL(ctx context.Context, caller, id string, a Attachment) (fileID string, r objects.Request, err error) {
	now := s.now()
	a.FileID = ids.New(now)
	err = s.change(ctx, func(ctx context.Context) ([]table.Change, error) {
		v, err := s.look(ctx, id, caller)
		if err != nil {
			return nil, err
		}
		if err := s.goesOn(v.record); err != nil {
			return nil, err
		}
		record := fileRecord{Attachment: a, By: caller, At: now.UTC()}
		// A removal changes the room as well, so that the caller need not be checked.
		announced := in(v.record.event(eventFile, audit.Person(caller), id), details{"file_id": a.FileID, "size": strconv.FormatInt(a.Size, 10)})
		return s.with(ctx, []table.Change{
			table.Check(v.room), create(fileKey(id, a.FileID), record), create(orphanKey(id, record), &fileTask{}),
		}, announced)
	})
	if err != nil {
		return "", r, err
	}
	r, err = s.files.UploadURL(ctx, objects.Upload{
		Key: objectKey(id, a.FileID), Size: a.Size, ContentType: a.ContentType, Expires: urlLifetime,
	})
	return a.FileID, r, err
}

// DownloadURL gives the request to fetch a file of a room the caller is in with. The file must have
// been uploaded.
func (s *Service) DownloadURL(ctx context.Context, caller, id, fileID string) (Attachment, objects.Request, error) {
	var record fileRecord
	err := s.change(ctx, func(ctx context.Context) (seen []table.Change, err error) {
		v, err := s.look(ctx, id, caller, fileKey(id, fileID))
		if err != nil {
			return nil, err
		}
		record, seen, err = s.uploaded(ctx, id, v.others[0])
		return seen, err
	})
	if err != nil {
		return Attachment{}, objects.Request{}, err
	}
	r, err := s.files.DownloadURL(ctx, objects.Download{
		Key: objectKey(id, fileID), Name: record.Name, ContentType: record.ContentType, Expires: urlLifetime,
	})
	return record.Attachment, r, err
}

// uploaded gives the record of a file whose upload has happened. The store of files is asked only
// until the file was seen there once; seen then are the changes that note it, and keep the file from being removed.
func (s *Service) uploaded(ctx context.Context, room string, item table.Item) (record fileRecord, seen []table.Change, err error) {
	if !item.Exists() {
		return record, nil, &Error{Code: NotFound, Detail: "there is no such file in the room"}
	}
	if record, err = table.Decode[fileRecord](item); err != nil || record.Uploaded {
		return record, nil, err
	}
	info, err := s.files.Stat(ctx, objectKey(room, record.FileID))
	switch {
	case errors.Is(err, objects.ErrNotFound):
		return record, nil, &Error{Code: NotUploaded, Detail: "the file was announced but has not been uploaded"}
	case err != nil:
		return record, nil, err
	case info.Size != record.Size:
		return record, nil, fmt.Errorf("a stored file has %d bytes, and %d were announced", info.Size, record.Size)
	}
	record.Uploaded = true
	return record, []table.Change{put(item, record), table.Delete(orphanKey(room, record), table.Any)}, nil
}
