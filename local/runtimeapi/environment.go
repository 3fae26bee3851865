package runtimeapi

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// environment returns the variables of the child process. Later pairs win, so the caller may replace what Lambda sets
// but not the address of the Runtime API.
// See https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
func environment(cfg Config, address string) []string {
	env := append(lambdaEnvironment(filepath.Dir(cfg.Binary)), inherited()...)
	env = append(env, cfg.Env...)
	if _, given := lookup(env, "AWS_LAMBDA_LOG_GROUP_NAME"); !given {
		name, _ := lookup(env, "AWS_LAMBDA_FUNCTION_NAME")
		env = append(env, "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/"+name)
	}
	return append(env, "AWS_LAMBDA_RUNTIME_API="+address)
}

// lambdaEnvironment returns what Lambda sets for the runtime provided.al2023. The credentials sign nothing that AWS
// would accept; without any, the AWS SDK would look for an instance role and wait seconds for it.
func lambdaEnvironment(taskRoot string) []string {
	return []string{
		"_HANDLER=bootstrap",
		"AWS_ACCESS_KEY_ID=local",
		"AWS_SECRET_ACCESS_KEY=local",
		"AWS_SESSION_TOKEN=local",
		"AWS_REGION=eu-central-1",
		"AWS_DEFAULT_REGION=eu-central-1",
		"AWS_LAMBDA_FUNCTION_NAME=function",
		"AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_FUNCTION_MEMORY_SIZE=512",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
		"AWS_LAMBDA_LOG_STREAM_NAME=local/[$LATEST]" + strings.ReplaceAll(randomUUID(), "-", ""),
		"LAMBDA_TASK_ROOT=" + taskRoot,
		"LAMBDA_RUNTIME_DIR=/var/runtime",
		"LANG=en_US.UTF-8",
		"TZ=:UTC",
	}
}

// inherited returns the pairs taken over from this process. HOME is not among them, or the AWS SDK would find the
// developer's own profile there.
func inherited() []string {
	var env []string
	for _, name := range []string{"PATH", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// functionARN names the function as its environment does.
func functionARN(env []string) string {
	region, _ := lookup(env, "AWS_REGION")
	name, _ := lookup(env, "AWS_LAMBDA_FUNCTION_NAME")
	return fmt.Sprintf("arn:aws:lambda:%s:123456789012:function:%s", region, name)
}

// lookup returns the value a process started with this environment would see.
func lookup(env []string, name string) (string, bool) {
	for _, variable := range slices.Backward(env) {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
