package functions_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"gavel/local/dynamodb"
	"gavel/local/standin"
	"gavel/shared/audit"
	"gavel/shared/bans"
	"gavel/shared/bindings"
	"gavel/shared/config"
	"gavel/shared/idempotency"
	"gavel/shared/jaas"
	"gavel/shared/jitsimeet"
	"gavel/shared/objects"
	"gavel/shared/rooms"
	"gavel/shared/roster"
	"gavel/shared/table"
	"gavel/shared/table/dynamo"
	"gavel/shared/veeting"
)

// Some of what functions do takes a day, or a meeting system that fails. These tests go such ways with the packages that the
// mains are made of, by a clock of their own. What each function would ask of the table is held against its policies.

// ways is a table, and what lies outside of it.
type ways struct {
	endpoint, table string
	clock           *standin.Clock
	outside         *outside
}

func newWays(t *testing.T) *ways {
	t.Helper()
	endpoint, table := dynamodb.Table(t)
	// DynamoDB Local removes by its own clock what has expired.
	return &ways{endpoint: endpoint, table: table, clock: standin.NewClock(time.Now()), outside: &outside{}}
}

// store asks as the function of an operation would.
func (w *ways) store(t *testing.T, operation string) table.Store {
	t.Helper()
	at := map[string]string{}
	for _, pair := range recorded(t, operation, []string{"AWS_ENDPOINT_URL_DYNAMODB=" + w.endpoint, "GAVEL_TABLE=" + w.table}) {
		name, value, _ := strings.Cut(pair, "=")
		at[name] = value
	}
	return dynamo.New(dynamo.Options{
		Table: w.table, Region: region, Endpoint: at["AWS_ENDPOINT_URL_DYNAMODB"], Now: w.clock.Now,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: at["AWS_ACCESS_KEY_ID"], SecretAccessKey: "test"}, nil
		}),
	})
}

func (w *ways) as(t *testing.T, operation string) *rooms.Service {
	t.Helper()
	store := w.store(t, operation)
	return rooms.New(rooms.Options{
		Store: store, Files: w.outside, Now: w.clock.Now,
		Providers: bindings.New(config.Config{RoomsJaaSAppID: tenant, EventDays: config.DefaultEventDays},
			bindings.Clients{JaaS: w.outside, Veeting: w.outside}, store),
	})
}

func (w *ways) create(t *testing.T, b rooms.Booking) rooms.Room {
	t.Helper()
	b.Name = "Stand-up"
	room, err := w.as(t, "rooms-create").Create(t.Context(), caller, b)
	if err != nil {
		t.Fatal(err)
	}
	return room
}

// sweep goes a while on and has done what is due.
func (w *ways) sweep(t *testing.T, after time.Duration, want rooms.Swept) {
	t.Helper()
	w.clock.Step(after)
	got, err := w.as(t, "system-cleanup").Sweep(t.Context())
	if got.Oldest = 0; err != nil || got != want {
		t.Errorf("the sweep: got %+v, %v, want %+v", got, err, want)
	}
}

// outside are meeting systems and a store of files that follow, unless they fail.
type outside struct {
	fails atomic.Bool
	// lasts is what closing a conference waits for.
	lasts func(context.Context)
}

var errOutside = errors.New("nobody answers")

var (
	_ bindings.JaaSClient    = (*outside)(nil)
	_ bindings.VeetingClient = (*outside)(nil)
	_ rooms.Files            = (*outside)(nil)
)

func (o *outside) err() error {
	if o.fails.Load() {
		return errOutside
	}
	return nil
}

func (o *outside) CreateToken(context.Context, jaas.AppID, jitsimeet.Participant) (jitsimeet.Token, error) {
	return jitsimeet.Token{}, o.err()
}

func (o *outside) BanUser(context.Context, jaas.AppID, string) (jaas.Outcome, error) {
	return jaas.Banned, nil // so that whoever fails to be kicked was banned
}

func (o *outside) KickParticipant(context.Context, jaas.AppID, jitsimeet.Room, jitsimeet.ParticipantID) (jaas.Outcome, error) {
	return jaas.Kicked, o.err()
}

func (o *outside) DestroyRoom(ctx context.Context, _ jaas.AppID, _ jitsimeet.Room) (jaas.Outcome, error) {
	if o.lasts != nil {
		o.lasts(ctx)
	}
	return jaas.Destroyed, o.err()
}

func (o *outside) Schedule(context.Context, veeting.User, veeting.Meeting) (veeting.Object, error) {
	return veeting.Object{"id": json.RawMessage(`"5e945c36b863b82cefdddf54"`), "participantMeetingId": json.RawMessage(`"9974-7653-8886-0485"`)}, nil
}

func (o *outside) Update(context.Context, veeting.User, string, veeting.Meeting) (veeting.Object, error) {
	return nil, o.err()
}

func (o *outside) Close(context.Context, veeting.User, string) (veeting.Object, error) {
	return nil, o.err()
}

func (o *outside) JoinURL(context.Context, string, string) (string, error) { return "", o.err() }

func (o *outside) UploadURL(context.Context, objects.Upload) (objects.Request, error) {
	return objects.Request{}, nil
}

func (o *outside) DownloadURL(context.Context, objects.Download) (objects.Request, error) {
	return objects.Request{}, nil
}

func (o *outside) Stat(context.Context, string) (objects.Info, error) {
	return objects.Info{Size: 5}, nil
}

func (o *outside) Delete(context.Context, string) error { return o.err() }

// inside has the webhook told that somebody is in a room's conference, and in a breakout room of it.
func (w *ways) inside(t *testing.T, room, guest string) {
	t.Helper()
	people := roster.New(w.store(t, "jaas-webhook"), w.clock.Now, config.DefaultEventDays)
	for _, breakout := range []string{"", "b"} {
		err := people.Note(t.Context(), roster.Sighting{
			Conference: jaas.Conference(tenant, jitsimeet.Room(room)), Session: "s", Breakout: breakout, GuestID: guest, ID: "aaaaaaaa" + breakout,
			Inside: true, At: w.clock.Now(),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// removes takes somebody out of a room, and checks whether the meeting system followed.
func (w *ways) removes(t *testing.T, room, user string, follows bool) {
	t.Helper()
	w.outside.fails.Store(!follows)
	effect, err := w.as(t, "rooms-remove-participant").RemoveParticipant(t.Context(), caller, room, user, 0)
	if err != nil || (effect.Err == nil) != follows {
		t.Errorf("remove: got %+v, %v", effect, err)
	}
}

func TestWays_RemovalThatFails(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	room := w.create(t, rooms.Booking{Provider: "jaas", Participants: []string{second}}).ID
	w.inside(t, room, second)
	w.removes(t, room, second, false)
	w.twin(t, room, w.clock.Now().Add(time.Minute+15*time.Second)) // when the first retry is due
	w.sweep(t, time.Minute, rooms.Swept{Failed: 1})
	w.outside.fails.Store(false)
	w.sweep(t, 5*time.Minute, rooms.Swept{Expelled: 1})

	page, err := w.as(t, "rooms-list-bans").Bans(t.Context(), caller, room, 10, "")
	if err != nil || len(page.Bans) != 1 {
		t.Errorf("got %+v, %v, want one banned", page, err)
	}
	if added, err := w.as(t, "rooms-add-participant").AddParticipants(t.Context(), caller, room, []string{second}); err != nil || len(added.New) != 1 {
		t.Errorf("got %+v, %v, want them invited again", added, err)
	}
	if _, _, err := w.as(t, "rooms-join").Join(t.Context(), second, room); err != nil {
		t.Errorf("join: %v", err)
	}
	w.banned(t, room)
	w.removes(t, room, second, true)
	if lifted, err := w.as(t, "rooms-lift-ban").LiftBan(t.Context(), caller, room, second); err != nil || !lifted {
		t.Errorf("got %t, %v, want the ban lifted", lifted, err)
	}
}

// twin writes the one task of a room once more, due at another time.
func (w *ways) twin(t *testing.T, room string, at time.Time) {
	t.Helper()
	store := dynamo.New(dynamo.Options{Table: w.table, Region: region, Endpoint: w.endpoint, Credentials: anybody})
	tasks, err := store.Query(t.Context(), table.Range{Partition: "due#" + room[len(room)-1:], Prefix: "0", Limit: 10})
	if err != nil || len(tasks) != 1 {
		t.Fatalf("got %d tasks, %v, want one", len(tasks), err)
	}
	_, rest, _ := strings.Cut(tasks[0].Sort, "#")
	again := table.Item{Key: table.Key{Partition: tasks[0].Partition, Sort: fmt.Sprintf("%012d#%s", at.Unix(), rest)}, Data: tasks[0].Data}
	if err := store.Write(t.Context(), table.Put(again)); err != nil {
		t.Fatal(err)
	}
}

// banned goes the way of jaas-ban-user and jaas-lift-ban with somebody who is inside.
func (w *ways) banned(t *testing.T, room string) {
	t.Helper()
	tenantWide := bans.In("jaas", tenant)
	store := w.store(t, "jaas-ban-user")
	ids, err := rooms.New(rooms.Options{Store: store, Now: w.clock.Now}).GuestIDs(t.Context(), second, "jaas")
	if err != nil || len(ids) < 2 {
		t.Fatalf("got the ids %v, %v, want more than one", ids, err)
	}
	told := audit.Event{Actor: audit.Actor{Kind: audit.APIKey, Name: "crm"}, Provider: "jaas", Room: audit.Name("jaas", tenant)}
	keeper := bans.NewKeeper(store, audit.Trail{}, w.clock.Now)
	if err := keeper.Ban(t.Context(), tenantWide, bans.Ban{User: second, By: caller, At: w.clock.Now()}, told, ids...); err != nil {
		t.Fatal(err)
	}
	people := roster.New(store, w.clock.Now, config.DefaultEventDays)
	conferences, err := people.Conferences(t.Context(), second, jaas.Conference(tenant, ""))
	if err != nil || len(conferences) != 1 {
		t.Fatalf("got the conferences %v, %v, want the one", conferences, err)
	}
	if devices, err := people.Present(t.Context(), conferences[0], second); err != nil || len(devices) != 2 {
		t.Errorf("got %v, %v, want them inside, and in the breakout room", devices, err)
	}
	if _, _, err := w.as(t, "rooms-join").Join(t.Context(), second, room); err == nil {
		t.Error("got somebody in who is banned")
	}
	store = w.store(t, "jaas-lift-ban")
	retire := func(ctx context.Context) ([]table.Change, error) {
		return rooms.New(rooms.Options{Store: store, Now: w.clock.Now}).Retirement(ctx, second, "jaas")
	}
	lifted, err := bans.NewKeeper(store, audit.Trail{}, w.clock.Now).Lift(t.Context(), tenantWide, second, told, retire)
	if err != nil || !lifted {
		t.Errorf("got %t, %v, want the ban lifted", lifted, err)
	}
}

func TestWays_EndsThatFail(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	many := make([]string, rooms.MaxInvites)
	for i := range many {
		many[i] = fmt.Sprint("guest-", i)
	}
	ended := w.create(t, rooms.Booking{Provider: "jaas", Participants: many}).ID
	w.outside.fails.Store(true)
	if _, effect, err := w.as(t, "rooms-end").End(t.Context(), caller, ended, 0); err != nil || effect.Err == nil {
		t.Errorf("end: got %+v, %v, want the meeting not closed", effect, err)
	}
	w.sweep(t, time.Minute, rooms.Swept{Failed: 1})
	w.outside.fails.Store(false)
	w.sweep(t, time.Minute, rooms.Swept{Finished: 1})

	scheduled := w.create(t, rooms.Booking{Provider: "jaas", End: w.clock.Now().Add(time.Hour)}).ID
	w.clock.Step(time.Hour + time.Second)
	for _, fails := range []bool{true, false} {
		w.outside.fails.Store(fails)
		if swept, err := w.as(t, "system-end-room").FinishRoom(t.Context(), scheduled); err != nil || (swept.Failed == 1) != fails {
			t.Errorf("finish: got %+v, %v", swept, err)
		}
		w.clock.Step(time.Minute)
	}

	late := w.create(t, rooms.Booking{Provider: "jaas"}).ID
	w.outside.fails.Store(true)
	if _, _, err := w.as(t, "rooms-end").End(t.Context(), caller, late, 0); err != nil {
		t.Error(err)
	}
	w.sweep(t, 25*time.Hour, rooms.Swept{Finished: 1, GivenUp: 1})
}

func TestWays_FilesThatNobodyUsed(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	room := w.create(t, rooms.Booking{}).ID
	var files []string
	for range 3 {
		id, _, err := w.as(t, "rooms-upload-url").UploadURL(t.Context(), caller, room, rooms.Attachment{Name: "notes.txt", Size: 5, ContentType: "text/plain"})
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, id)
	}
	if _, _, err := w.as(t, "rooms-download-url").DownloadURL(t.Context(), caller, room, files[0]); err != nil {
		t.Errorf("download: %v", err)
	}
	if _, err := w.as(t, "rooms-send-chat").SendChat(t.Context(), caller, room, "", files[1]); err != nil {
		t.Errorf("mention: %v", err)
	}
	w.outside.fails.Store(true)
	w.sweep(t, 25*time.Hour, rooms.Swept{Failed: 1})
	w.outside.fails.Store(false)
	w.sweep(t, time.Hour, rooms.Swept{Removed: 1})
}

func TestWays_CalendarThatFails(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	room := w.create(t, rooms.Booking{Provider: "veeting", End: w.clock.Now().Add(9 * time.Hour)}).ID
	for i, fails := range []bool{true, false} {
		name := fmt.Sprint("Review ", i)
		w.outside.fails.Store(fails)
		if _, effect, err := w.as(t, "rooms-update").Update(t.Context(), caller, room, rooms.Update{Name: &name}); err != nil || (effect.Err != nil) != fails {
			t.Errorf("update: got %+v, %v", effect, err)
		}
		w.clock.Step(time.Second)
	}
	w.outside.fails.Store(true)
	w.sweep(t, time.Minute, rooms.Swept{Failed: 1})
	w.outside.fails.Store(false)
	w.sweep(t, time.Minute, rooms.Swept{Rescheduled: 1})
	if _, effect, err := w.as(t, "rooms-end").End(t.Context(), caller, room, time.Hour); err != nil || effect.Err != nil {
		t.Errorf("set the end: got %+v, %v", effect, err)
	}
	name := "Review, at last"
	w.outside.fails.Store(true)
	if _, _, err := w.as(t, "rooms-update").Update(t.Context(), caller, room, rooms.Update{Name: &name}); err != nil {
		t.Error(err)
	}
	w.sweep(t, 25*time.Hour, rooms.Swept{Finished: 1, GivenUp: 1})
}

// A sweep that runs out of time in the middle leaves word for the next one.
func TestWays_SweepThatRunsOutOfTime(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	for range 2 { // of which the second is not begun, or both lie in one shard
		room := w.create(t, rooms.Booking{Provider: "jaas", End: w.clock.Now().Add(time.Hour)}).ID
		w.inside(t, room, caller)
	}
	const left = 12 * time.Second // with less than which no task is begun
	w.outside.lasts = func(ctx context.Context) {
		deadline, _ := ctx.Deadline()
		short, cancel := context.WithDeadline(ctx, deadline.Add(time.Millisecond-left))
		defer cancel()
		<-short.Done()
	}
	w.clock.Step(2 * time.Hour)
	ctx, cancel := context.WithTimeout(t.Context(), left+8*time.Second)
	defer cancel()
	if swept, err := w.as(t, "system-cleanup").Sweep(ctx); err != nil || swept.Finished != 1 || swept.Left != 1 {
		t.Errorf("got %+v, %v, want one room finished and one left", swept, err)
	}
	w.outside.lasts = nil
	w.sweep(t, time.Minute, rooms.Swept{Finished: 1})
}

func TestWays_SessionsThatEnd(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"jaas-webhook", "jitsi-webhook"} {
		w := newWays(t)
		people := roster.New(w.store(t, operation), w.clock.Now, config.DefaultEventDays)
		for _, session := range []string{"", "s"} {
			for range 2 { // the second time long after, so that the session is listed for longer
				err := people.Note(t.Context(), roster.Sighting{
					Conference: "c", Session: session, GuestID: second, ID: "aaaaaaaa", Inside: true, At: w.clock.Now(),
				})
				if err != nil {
					t.Error(err)
				}
				w.present(t, "c")
				w.clock.Step(380 * 24 * time.Hour)
				if session == "" {
					if err := people.NoteEnd(t.Context(), roster.End{Conference: "c", At: w.clock.Now()}); err != nil {
						t.Error(err)
					}
				}
			}
			if err := people.NoteEnd(t.Context(), roster.End{Conference: "c", Session: session, At: w.clock.Now()}); err != nil {
				t.Error(err)
			}
		}
	}
}

// present goes the way of jaas-kick-participant with somebody who is inside.
func (w *ways) present(t *testing.T, conference string) {
	t.Helper()
	people := roster.New(w.store(t, "jaas-kick-participant"), w.clock.Now, config.DefaultEventDays)
	if devices, err := people.Present(t.Context(), conference, second); err != nil || len(devices) != 1 {
		t.Errorf("got %v, %v, want them inside", devices, err)
	}
}

func TestWays_KeyThatIsGivenFree(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	keeper := idempotency.New(func() table.Store { return w.store(t, "jaas-dial-out") }, w.clock.Now)
	claim, _, err := keeper.Begin(t.Context(), idempotency.Request{Caller: "c", Operation: "jaas-dial-out", Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	if err := claim.Release(t.Context()); err != nil {
		t.Error(err)
	}
}

// Every function that tells of its commands may do so, also of those for a room, and of what it does only when somebody is banned.
func TestWays_CommandsAreTold(t *testing.T) {
	t.Parallel()
	w := newWays(t)
	for _, operation := range names(t, filepath.Join("*", "*", "main.go"), filepath.Dir) {
		main, err := os.ReadFile(filepath.Join(strings.Replace(operation, "-", "/", 1), "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(main), "f.KeepEvents(") {
			continue
		}
		recorder := audit.NewRecorder(func() table.Store { return w.store(t, operation) }, audit.NewTrail(audit.DefaultDays), w.clock.Now)
		for _, room := range []string{"", "jaas/" + tenant + "/standup"} {
			recorder.Record(t.Context(), audit.Event{Type: audit.Command, Actor: audit.Webhook(), Room: room})
		}
	}
}

// Rooms that meet elsewhere than on JaaS are made with the secrets of those systems, and moved at the one that has a calendar.
func TestWays_RoomsElsewhere(t *testing.T) {
	t.Parallel()
	s := newStory(t, "rooms")
	s.settings = append(s.settings, "GAVEL_ROOMS_VEETING_USER=organizer@example.org")
	for _, provider := range []string{"openmeetings", "veeting"} {
		room := s.feed(t, "create", http.StatusCreated, with(`{"name":"Stand-up","provider":"`+provider+`"}`))
		changed := s.feed(t, "update", http.StatusOK, inPath("room_id", room["id"].(string)), with(`{"name":"Review"}`))
		if told, _ := changed["at_provider"].(map[string]any); (told != nil) != (provider == "veeting") || told != nil && told["complete"] != true {
			t.Errorf("%s: got %v, want the calendar told if there is one", provider, changed)
		}
	}
}
