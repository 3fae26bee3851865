package rsakey_test

import (
	"errors"
	"fmt"

	"gavel/shared/rsakey"
)

func ExampleParse() {
	_, err := rsakey.Parse("PRIVATE_KEY=/etc/keys/jaas.pem")

	if fault, ok := errors.AsType[*rsakey.Fault](err); ok {
		fmt.Println(fault.Kind)
		fmt.Println(fault)
	}
	// Output:
	// file_path
	// this is a file name; paste what is in the file (BEGIN PRIVATE KEY)
}

func ExampleParse_repaired() {
	// A key as it comes out of a .env file: in quotes, with the line breaks spelt out.
	pasted := `"` + replace("\n", `\n`)(pem8(theKey())) + `"`

	key, err := rsakey.Parse(pasted)
	fmt.Println(key.N.BitLen(), err)
	// Output: 2048 <nil>
}
