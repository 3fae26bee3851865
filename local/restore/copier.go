package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"gavel/local/awsaccount"
	"gavel/shared/backoff"
)

// prefixes is a flag that may be given several times.
type prefixes []string

// String gives them as they were given.
func (p *prefixes) String() string { return strings.Join(*p, " ") }

// Set adds one. An empty one would be all there is.
func (p *prefixes) Set(text string) error {
	if text == "" {
		return errors.New("empty")
	}
	*p = append(*p, text)
	return nil
}

func (p *prefixes) match(partition string) bool {
	return slices.ContainsFunc(*p, func(prefix string) bool { return strings.HasPrefix(partition, prefix) })
}

// copier is one run of the command.
type copier struct {
	client           *dynamodb.Client
	now              func() time.Time
	out              io.Writer
	from, to         string
	only, without    prefixes
	overwrite, write bool
	segments         int
	counts           counts

	mu    sync.Mutex
	tasks []entry // of all segments
}

// Bounds of the pause before keys that were not processed are asked for again.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
)

// Bounds of requests (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html) and of what one
// segment does at once.
const (
	batch  = 100
	writes = 8
)

// checkTables refuses what cannot be meant, before anything is read.
func (c *copier) checkTables(ctx context.Context) error {
	from, err := c.describe(ctx, c.from)
	if err != nil {
		return err
	}
	to, err := c.describe(ctx, c.to)
	if err != nil {
		return err
	}
	switch {
	case aws.ToString(from.TableArn) == aws.ToString(to.TableArn):
		return errors.New("-from and -to are one table")
	case from.StreamSpecification != nil && to.StreamSpecification == nil: // a restored table has no stream until it is given one
		return errors.New("-from has a stream and -to has none: the stack's table is the one with the stream; are they the wrong way round?")
	}
	return nil
}

// describe has the usual tries, and not those of the copying: where no service is, as in a region that is misspelt, it is to be told soon.
func (c *copier) describe(ctx context.Context, name string) (*types.TableDescription, error) {
	out, err := c.client.DescribeTable(ctx, &dynamodb.DescribeTableInput{TableName: &name},
		func(o *dynamodb.Options) { o.Retryer = retry.NewStandard() })
	if err != nil {
		return nil, awsaccount.Explain("dynamodb:DescribeTable", "the table "+name, err)
	}
	keys := out.Table.KeySchema
	if len(keys) != 2 || aws.ToString(keys[0].AttributeName) != "pk" || aws.ToString(keys[1].AttributeName) != "sk" {
		return nil, fmt.Errorf("the table %s is none of Gavel's: its keys are not pk and sk", name)
	}
	if out.Table.TableStatus != types.TableStatusActive && out.Table.TableStatus != types.TableStatusUpdating {
		return nil, fmt.Errorf("the table %s is not ready yet: %s", name, out.Table.TableStatus)
	}
	return out.Table, nil
}

// copy reads the segments at once. The first error ends it. What is due is written in the end: a cleanup that runs meanwhile
// drops a task whose room is not there.
func (c *copier) copy(ctx context.Context) error {
	group, reading := errgroup.WithContext(ctx)
	for segment := range c.segments {
		group.Go(func() error { return c.copySegment(reading, segment) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	return c.copyAll(ctx, c.tasks)
}

func (c *copier) copyAll(ctx context.Context, all []entry) error {
	for chunk := range slices.Chunk(all, batch) {
		if err := c.copyChunk(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) copySegment(ctx context.Context, segment int) error {
	pages := dynamodb.NewScanPaginator(c.client, &dynamodb.ScanInput{
		TableName: &c.from, ConsistentRead: aws.Bool(true),
		Segment: aws.Int32(int32(segment)), TotalSegments: aws.Int32(int32(c.segments)),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return awsaccount.Explain("dynamodb:Scan", "the table "+c.from, err)
		}
		if err := c.copyAll(ctx, c.chosen(page.Items)); err != nil {
			return err
		}
	}
	return nil
}

// chosen gives the items that were asked for and have not expired, and puts those aside that are tasks.
func (c *copier) chosen(all []attributes) []entry {
	chosen := make([]entry, 0, len(all))
	for _, stored := range all {
		e := entryOf(stored)
		c.counts.note(e, read)
		switch {
		case !c.wants(e):
			c.counts.note(e, leftOut)
		case e.expired(c.now()):
			c.counts.note(e, expired)
		case e.family() == "due":
			c.mu.Lock()
			c.tasks = append(c.tasks, e)
			c.mu.Unlock()
		default:
			chosen = append(chosen, e)
		}
	}
	return chosen
}

// wants says whether an item was asked for. Who was inside a meeting is not known to be inside now, and nothing
// would tell that they have left.
func (c *copier) wants(e entry) bool {
	if c.without.match(e.partition) {
		return false
	}
	if len(c.only) > 0 {
		return c.only.match(e.partition)
	}
	switch e.family() {
	case "sessions", "present", "guest": // as in shared/roster
		return false
	}
	return true
}

// copyChunk looks which of up to 100 items are there, and writes those to be written. To look first costs a fraction of
// writes that fail.
func (c *copier) copyChunk(ctx context.Context, chunk []entry) error {
	there, err := c.versions(ctx, c.to, chunk)
	if err != nil {
		return err
	}
	var missing []entry
	group, writing := errgroup.WithContext(ctx)
	group.SetLimit(writes)
	for _, e := range chunk {
		version, exists := there[e.place]
		switch {
		case exists && (!c.overwrite || version == e.version):
			c.counts.note(e, present)
		case exists || c.overwrite:
			group.Go(func() error { return c.put(writing, e) })
		default:
			missing = append(missing, e)
		}
	}
	unchanged, err := c.ofUnchangedRooms(ctx, missing)
	for _, e := range unchanged {
		group.Go(func() error { return c.put(writing, e) })
	}
	return errors.Join(group.Wait(), err)
}

// ofUnchangedRooms leaves out what belongs to a room that is there and has changed since. Whoever is missing in such a room
// may have been removed from it, which must not be undone.
func (c *copier) ofUnchangedRooms(ctx context.Context, missing []entry) ([]entry, error) {
	var records []entry
	for _, e := range missing {
		if record, ok := e.room(); ok && !slices.ContainsFunc(records, func(r entry) bool { return r.place == record.place }) {
			records = append(records, record)
		}
	}
	if len(records) == 0 {
		return missing, nil
	}
	before, err := c.versions(ctx, c.from, records)
	if err != nil {
		return nil, err
	}
	today, err := c.versions(ctx, c.to, records)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(missing, func(e entry) bool {
		record, ok := e.room()
		version, exists := today[record.place]
		changed := ok && exists && version != before[record.place]
		if changed {
			c.counts.note(e, roomChanged)
		}
		return changed
	}), nil
}

// versions gives those of the items that are in a table.
func (c *copier) versions(ctx context.Context, name string, wanted []entry) (map[place]string, error) {
	keys := make([]attributes, len(wanted))
	for i, e := range wanted {
		keys[i] = e.key()
	}
	found := make(map[place]string, len(wanted))
	ask := map[string]types.KeysAndAttributes{name: {
		Keys: keys, ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("pk, sk, v"),
	}}
	for tried := 1; ; tried++ {
		out, err := c.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: ask})
		if err != nil {
			return nil, awsaccount.Explain("dynamodb:BatchGetItem", "the table "+name, err)
		}
		for _, items := range out.Responses {
			for _, stored := range items {
				e := entryOf(stored)
				found[e.place] = e.version
			}
		}
		if ask = out.UnprocessedKeys; len(ask) == 0 {
			return found, nil
		}
		if err := backoff.Wait(ctx, backoff.Pause(tried, firstPause, longestPause)); err != nil {
			return nil, err
		}
	}
}

// put writes an item as it is, with its version and its expiry.
func (c *copier) put(ctx context.Context, e entry) error {
	if !c.write {
		c.counts.note(e, written)
		return nil
	}
	in := &dynamodb.PutItemInput{TableName: &c.to, Item: e.stored}
	if !c.overwrite {
		in.ConditionExpression = aws.String("attribute_not_exists(pk)")
	}
	_, err := c.client.PutItem(ctx, in)
	if _, taken := errors.AsType[*types.ConditionalCheckFailedException](err); taken { // it came in between, or a try's answer was lost
		c.counts.note(e, present)
		return nil
	}
	if err != nil {
		return awsaccount.Explain("dynamodb:PutItem", "the table "+c.to, err)
	}
	c.counts.note(e, written)
	return nil
}
