package roomsapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gavel/shared/api"
	"gavel/shared/rooms"
)

type roomOutput struct{ Body RoomBody }

// Creator makes rooms.
type Creator interface {
	Create(ctx context.Context, caller string, b rooms.Booking) (rooms.Room, error)
}

type createInput struct {
	Body struct {
		Name         lineOfText `json:"name" minLength:"1" maxLength:"255" doc:"What the room is called" example:"Stand-up"`
		StartTime    *time.Time `json:"start_time,omitempty" doc:"When it starts; at once when absent or past" example:"2099-01-05T10:00:00Z"`
		EndTime      *time.Time `json:"end_time,omitempty" doc:"When it ends; when absent it stays open until it is ended" example:"2099-01-05T10:30:00Z"`
		Participants []invitee  `json:"participant_ids,omitempty" maxItems:"100" doc:"User ids of who is invited, besides the caller" example:"[\"u-17\"]"`
		Provider     string     `json:"provider,omitempty" enum:"jaas,jitsi,openmeetings,veeting" doc:"The meeting system to bind the room to; without one there is nothing to join"`
	}
}

// RegisterCreate adds rooms-create.
func RegisterCreate(a huma.API, s Creator) {
	register(a, api.Operation{
		ID: "rooms-create", Method: http.MethodPost, Path: "/room", Status: http.StatusCreated, Secrets: true, Once: true,
		Summary:     "Create a room",
		Description: "Makes a room with the caller as its admin. It is open to those who are invited and to nobody else.",
	}, func(ctx context.Context, caller string, in *createInput) (*roomOutput, error) {
		r, err := s.Create(ctx, caller, rooms.Booking{
			Name: string(in.Body.Name), Start: deref(in.Body.StartTime), End: ended(in.Body.EndTime),
			Participants: userIDs(in.Body.Participants), Provider: in.Body.Provider,
		})
		return &roomOutput{room(r)}, err
	})
}

// ended gives the end that was asked for. The first moment of the year 1 stands for none in the domain.
func ended(t *time.Time) time.Time {
	if t != nil && t.IsZero() {
		return t.Add(time.Second)
	}
	return deref(t)
}

// Updater changes rooms.
type Updater interface {
	Update(ctx context.Context, caller, id string, u rooms.Update) (rooms.Room, rooms.Effect, error)
}

type updateInput struct {
	RoomPath
	Body struct {
		Name      *lineOfText `json:"name,omitempty" minLength:"1" maxLength:"255" example:"Stand-up"`
		StartTime *time.Time  `json:"start_time,omitempty" doc:"Until the room has started" example:"2099-01-05T10:00:00Z"`
		EndTime   *time.Time  `json:"end_time,omitempty" doc:"In the future; to end the room now there is rooms-end" example:"2099-01-05T10:45:00Z"`
	}
}

// RegisterUpdate adds rooms-update.
func RegisterUpdate(a huma.API, s Updater) {
	register(a, api.Operation{
		ID: "rooms-update", Method: http.MethodPost, Path: "/admin/room/{room_id}",
		Summary:     "Change a room",
		Description: "Changes what is given and leaves the rest. For admins.",
		Errors:      []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *updateInput) (*effectOutput, error) {
		r, done, err := s.Update(ctx, caller, in.room(), rooms.Update{
			Name: (*string)(in.Body.Name), Start: in.Body.StartTime, End: in.Body.EndTime,
		})
		return withEffect(ctx, r, done, err)
	})
}

// Ender ends rooms.
type Ender interface {
	End(ctx context.Context, caller, id string, left time.Duration) (rooms.Room, rooms.Effect, error)
}

type endInput struct {
	RoomPath
	Body *struct {
		TimeLeft int64 `json:"time_left_in_seconds,omitempty" minimum:"0" maximum:"604800" default:"0" doc:"How long the room goes on; it ends now when absent"`
	} `required:"false"`
}

type effectOutput struct {
	Body struct {
		RoomBody
		AtProvider *effectBody `json:"at_provider,omitempty" doc:"What was done at the meeting system; absent when nothing was to be done there yet, or at all"`
	}
}

func withEffect(ctx context.Context, r rooms.Room, done rooms.Effect, err error) (*effectOutput, error) {
	if err != nil {
		return nil, err
	}
	out := &effectOutput{}
	out.Body.RoomBody, out.Body.AtProvider = room(r), effect(ctx, done)
	return out, nil
}

// RegisterEnd adds rooms-end.
func RegisterEnd(a huma.API, s Ender) {
	register(a, api.Operation{
		ID: "rooms-end", Method: http.MethodPost, Path: "/admin/room/{room_id}/end",
		Summary: "End a room",
		Description: "Ends a room now, or sets its end to so many seconds from now; a later call takes the place of an earlier one. " +
			"An end is final. The meeting is ended for everybody. For admins.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *endInput) (*effectOutput, error) {
		left := time.Duration(deref(in.Body).TimeLeft) * time.Second
		r, done, err := s.End(ctx, caller, in.room(), left)
		return withEffect(ctx, r, done, err)
	})
}

// Getter reads a room.
type Getter interface {
	Get(ctx context.Context, caller, id string) (rooms.Room, error)
}

type getInput struct{ RoomPath }

// RegisterGet adds rooms-get.
func RegisterGet(a huma.API, s Getter) {
	register(a, api.Operation{
		ID: "rooms-get", Method: http.MethodGet, Path: "/participant/room/{room_id}",
		Summary:     "Read a room",
		Description: "For participants. To everybody else the room does not exist.",
		Errors:      []int{http.StatusNotFound},
	}, func(ctx context.Context, caller string, in *getInput) (*roomOutput, error) {
		r, err := s.Get(ctx, caller, in.room())
		return &roomOutput{room(r)}, err
	})
}

// Lister lists rooms.
type Lister interface {
	List(ctx context.Context, caller string, q rooms.ListQuery) (rooms.RoomPage, error)
}

type listInput struct {
	Status string `query:"status" enum:"booked,started,ended" doc:"Only rooms that are so now"`
	Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next_cursor of the page before"`
}

type listOutput struct {
	Body struct {
		Rooms []RoomBody `json:"rooms" nullable:"false" doc:"Those made last first"`
		Next  string     `json:"next_cursor,omitempty" doc:"For what follows; absent at the end. With a status a page can hold fewer rooms than asked for although more follow."`
	}
}

// RegisterList adds rooms-list.
func RegisterList(a huma.API, s Lister) {
	register(a, api.Operation{
		ID: "rooms-list", Method: http.MethodGet, Path: "/participant/room",
		Summary:     "List one's rooms",
		Description: "All rooms the caller is in, with their status; archived and ended ones too.",
	}, func(ctx context.Context, caller string, in *listInput) (*listOutput, error) {
		page, err := s.List(ctx, caller, rooms.ListQuery{Status: rooms.Status(in.Status), Limit: in.Limit, Cursor: in.Cursor})
		out := &listOutput{}
		out.Body.Rooms, out.Body.Next = all(page.Rooms, room), page.Next
		return out, err
	})
}

// all makes the body of each; a list without elements is a list.
func all[T, B any](values []T, body func(T) B) []B {
	bodies := make([]B, len(values))
	for i, v := range values {
		bodies[i] = body(v)
	}
	return bodies
}

// Joiner lets people into meetings.
type Joiner interface {
	Join(ctx context.Context, caller, id string) (rooms.Role, rooms.Admission, error)
}

type joinInput struct {
	RoomPath
	api.NoBody
}

type joinOutput struct {
	Body struct {
		URL       string    `json:"url" doc:"Opens the meeting for the caller alone: it is a credential"`
		Role      string    `json:"role" enum:"moderator,participant" doc:"Admins of the room moderate"`
		ExpiresAt time.Time `json:"expires_at" doc:"Until when the link is good: the room's end, at most a day away; two hours away for a room without an end"`
	}
}

// RegisterJoin adds rooms-join.
func RegisterJoin(a huma.API, s Joiner) {
	register(a, api.Operation{
		ID: "rooms-join", Method: http.MethodPost, Path: "/participant/room/{room_id}/join", Secrets: true,
		Summary: "Join a room's meeting",
		Description: "Mints a link into the meeting of a room that has started. Before that the answer is 409 room_not_started with start_time, " +
			"after it 409 room_ended with end_time; 409 no_provider for a room without a meeting.",
		Errors: []int{http.StatusNotFound, http.StatusConflict},
	}, func(ctx context.Context, caller string, in *joinInput) (*joinOutput, error) {
		role, admission, err := s.Join(ctx, caller, in.room())
		if err != nil {
			return nil, err
		}
		out := &joinOutput{}
		out.Body.URL, out.Body.ExpiresAt, out.Body.Role = admission.URL, admission.Expires, string(rooms.Member)
		if role == rooms.Admin {
			out.Body.Role = "moderator"
		}
		return out, nil
	})
}
