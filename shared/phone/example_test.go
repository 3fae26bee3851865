package phone_test

import (
	"errors"
	"fmt"

	"gavel/shared/phone"
)

func ExampleParse() {
	number, err := phone.Parse("0040 (747) 777-777")
	fmt.Println(number.E164(), err)

	fmt.Println("calling", number) // for a log

	_, err = phone.Parse("0747 777 777")
	fmt.Println(errors.Is(err, phone.ErrNoCountryCode))
	// Output:
	// +40747777777 <nil>
	// calling [phone]
	// true
}
