package rooms

import (
	"context"
	"errors"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/table"
)

// orphanAfter is how long after its announcement a file must have been used: mentioned in a message, or downloaded. An
// upload must begin within urlLifetime, so that none is still on its way by then.
const orphanAfter = 24 * time.Hour

// orphanKey is that of the task that removes the file, unless it is used before.
func orphanKey(room string, r fileRecord) table.Key {
	return dueKey(room, dueSort(r.At.Add(orphanAfter), kindFile+"#"+room+"#"+r.FileID))
}

// removeOrphan removes a file that nobody has used. The record goes first, on condition that it is as it was read: a
// mention at the same moment fails then, or makes this fail, so that no message has a file that is gone. From then on
// nobody can be handed the file any more, and its bytes follow, however often that takes: it is never given up, as
// nobody else knows of them.
func (s *Service) removeOrphan(ctx context.Context, room string, item table.Item, swept *Swept) error {
	task, err := table.Decode[fileTask](item)
	if err != nil {
		return err
	}
	if s.files == nil {
		return errors.New("no files are served here")
	}
	id := item.Sort[strings.LastIndexByte(item.Sort, '#')+1:]
	files, err := s.store.Get(ctx, fileKey(room, id))
	if err != nil {
		return err
	}
	record, err := table.Decode[fileRecord](files[0])
	if err != nil {
		return err
	}
	if record.Uploaded {
		_, err := s.settle(ctx, nil, table.Delete(item.Key, item.Version))
		return err
	}
	var removal []table.Change
	if files[0].Exists() {
		removal = append(removal, table.Delete(files[0].Key, files[0].Version))
	}
	if len(removal) > 0 {
		gone := audit.Event{Type: eventUnfiled, Actor: audit.Clock(), Room: room, Details: details{"file_id": id}}
		if removal, err = s.with(ctx, removal, gone); err != nil {
			return err
		}
	}
	if mine, err := s.claim(ctx, item, &task, removal...); !mine {
		return err
	}
	short, cancel := context.WithTimeout(ctx, longestTask)
	defer cancel()
	effect := noted(ctx, Effect{Provider: "files"}, s.files.Delete(short, objectKey(room, id)))
	return s.conclude(ctx, item, &task, outcome{err: effect.Err, since: s.now(), done: &swept.Removed}, swept)
}
