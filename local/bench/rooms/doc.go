// Package rooms measures what the rooms cost, on each engine and beside the same requests made of the engine alone.
// There is nothing to import; it consists of benchmarks, which print tables:
//
//	go test -run '^$' -bench . -benchtime 1x ./local/bench/rooms [-quick] [-turn 150ms] [-rounds 4] [-at 1,8,32]
//		[-rooms 10,100,…] [-participants 10,100,…] [-messages 100,1000,…] [-senders 32]
//
// BenchmarkOperations compares the operations with bare calls, BenchmarkGrowth shows what becomes of them when there is
// more of everything, BenchmarkContention has many people write into one chat,
// BenchmarkIntake sends JaaS's events to the webhook. Operations are called through their
// handler without a network in front of it. One sees `-bench Growth/dynamodb` alone, and where the time goes with
// -cpuprofile.
//
// DynamoDB is DynamoDB Local, which runs on the same machine and shares its cores; where it is not installed those
// parts say so and are left out. What its requests take is not what DynamoDB's take: only how many there are, and the
// ratios, carry over.
package rooms
