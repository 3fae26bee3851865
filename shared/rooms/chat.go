package rooms

import (
	"context"
	"slices"
	"strings"
	"time"

	"gavel/shared/audit"
	"gavel/shared/ids"
	"gavel/shared/table"
)

// MaxText is the length of the longest message in characters.
const MaxText = 4000

// Message is a chat message.
type Message struct {
	ID         string // sorts by time
	From       string // the sender's user id
	Name       string // as the sender called themselves then; may be empty
	Text       string // may be empty beside an attachment
	Attachment *Attachment
	At         time.Time // when the server took it, in milliseconds
}

type messageRecord struct {
	From       string      `json:"from"`
	Name       string      `json:"name,omitempty"`
	Text       string      `json:"text,omitempty"`
	Attachment *Attachment `json:"attachment,omitempty"`
	At         time.Time   `json:"at"`
}

// tailRecord is the time of the newest message. All messages of a room go through it one after
// another, so that none appears behind one that was read already: who polls misses none.
type tailRecord struct {
	At time.Time `json:"at"`
}

// SendChat adds a message to a room the caller is in, with text, a file of the room, or both.
func (s *Service) SendChat(ctx context.Context, caller, id, text, fileID string) (Message, error) {
	var message Message
	err := s.change(ctx, func(ctx context.Context) ([]table.Change, error) {
		keys := []table.Key{tailKey(id)}
		if fileID != "" {
			keys = append(keys, fileKey(id, fileID))
		}
		v, err := s.look(ctx, id, caller, keys...)
		if err != nil {
			return nil, err
		}
		if err := s.goesOn(v.record); err != nil {
			return nil, err
		}
		record := messageRecord{From: caller, Name: v.member.Name, Text: text}
		changes := []table.Change{table.Check(v.room)}
		if fileID != "" {
			seen, err := s.attach(ctx, id, v.others[1], &record)
			if err != nil {
				return nil, err
			}
			changes = append(changes, seen...)
		}
		changes = append(changes, table.Check(v.caller))
		var last []table.Change
		if message, last, err = s.append(id, v.others[0], record); err != nil {
			return nil, err
		}
		sent := in(v.record.event(eventChat, audit.Person(caller), id), details{"message_id": message.ID})
		if fileID != "" {
			sent.Details["file_id"] = fileID
		}
		return s.with(ctx, append(changes, last...), sent)
	})
	return message, err
}

func (s *Service) attach(ctx context.Context, id string, item table.Item, m *messageRecord) ([]table.Change, error) {
	file, seen, err := s.uploaded(ctx, id, item)
	if err != nil {
		return nil, err
	}
	m.Attachment = &file.Attachment
	if seen == nil {
		seen = []table.Change{table.Check(item)}
	}
	return seen, nil
}

// append makes the changes that put a message behind all others of the room.
func (s *Service) append(room string, tail table.Item, record messageRecord) (Message, []table.Change, error) {
	last, err := table.Decode[tailRecord](tail)
	if err != nil {
		return Message{}, nil, err
	}
	record.At = s.now().UTC().Truncate(time.Millisecond)
	if !record.At.After(last.At) {
		record.At = last.At.Add(time.Millisecond)
	}
	id := ids.New(record.At)
	changes := []table.Change{put(tail, tailRecord{At: record.At}), create(msgKey(room, id), record)}
	return record.message(id), changes, nil
}

func (r messageRecord) message(id string) Message {
	return Message{ID: id, From: r.From, Name: r.Name, Text: r.Text, Attachment: r.Attachment, At: r.At}
}

// ChatPage is a part of a room's chat, the oldest message first.
type ChatPage struct {
	Messages []Message
	Older    string // cursor of what was before; empty when there is nothing
	Newer    string // cursor of what comes after, now or later
}

// ListChat gives messages of a room the caller is in: without a cursor the newest ones; limit is 1
// to MaxPage.
func (s *Service) ListChat(ctx context.Context, caller, id string, limit int, cursorText string) (ChatPage, error) {
	list := "chat#" + id
	at, err := parseCursor(list, cursorText)
	if err != nil {
		return ChatPage{}, err
	}
	if _, err := s.look(ctx, id, caller); err != nil {
		return ChatPage{}, err
	}
	back := cursorText == "" || at.back
	r := table.Range{Partition: chatPartition(id), Prefix: msgPrefix, Reverse: back, Limit: limit + 1}
	if at.position != "" {
		r.After = msgPrefix + at.position
	}
	items, err := s.store.Query(ctx, r)
	if err != nil {
		return ChatPage{}, err
	}
	more := len(items) > limit
	items = items[:min(len(items), limit)]
	if back {
		slices.Reverse(items)
	}
	older := more
	if !back { // then more is about the newer ones
		older = len(items) > 0 && at.position != ""
	}
	return chatPage(list, at, items, older)
}

// chatPage makes the page of its items; older says whether there are some before them.
func chatPage(list string, at cursor, items []table.Item, older bool) (ChatPage, error) {
	first, last := at.position, at.position
	page := ChatPage{}
	for i, item := range items {
		record, err := table.Decode[messageRecord](item)
		if err != nil {
			return ChatPage{}, err
		}
		last = strings.TrimPrefix(item.Sort, msgPrefix)
		if i == 0 {
			first = last
		}
		page.Messages = append(page.Messages, record.message(last))
	}
	page.Newer = cursor{position: last}.text(list)
	if older {
		page.Older = cursor{back: true, position: first}.text(list)
	}
	return page, nil
}
