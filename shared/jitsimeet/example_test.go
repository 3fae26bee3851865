package jitsimeet_test

import (
	"errors"
	"fmt"

	"gavel/shared/jitsimeet"
)

func ExampleParseRoom() {
	for _, name := range []string{"Stand-Up", "Été", "a/b", "100%", "*", ".."} {
		fmt.Println(jitsimeet.ParseRoom(name))
	}
	// Output:
	// stand-up <nil>
	// %c3%a9t%c3%a9 <nil>
	// ab <nil>
	// 100%25 <nil>
	//  expected the name of one room; * stands for every room and is taken only with regex true
	//  expected a room name with at least one letter or digit
}

func ExampleParsePattern() {
	_, err := jitsimeet.ParsePattern(`team-\d+`)
	fmt.Println(errors.Is(err, jitsimeet.ErrPatternSyntax))
	fmt.Println(jitsimeet.ParsePattern(`team%-%d+`))
	// Output:
	// true
	// team%-%d+ <nil>
}
