package main

// Report is what one run of the benchmark found.
type Report struct {
	Machine Machine `json:"machine"`
	Starts  int     `json:"starts"`
	Calls   int     `json:"calls"`

	Bare      Row      `json:"bare"`
	Functions []Row    `json:"functions"`
	Budgets   []Budget `json:"budgets"`
	Notes     []string `json:"notes,omitempty"`
	Broken    []string `json:"broken,omitempty"`
}

// Machine says where the numbers were taken, without which they mean little.
type Machine struct {
	OS   string `json:"os"`
	Arch string `json:"arch"`
	CPUs int    `json:"cpus"`
	Go   string `json:"go"`
}

// Millis is a time in milliseconds.
type Millis float64

// Row holds the numbers of one function. Init and Warm are absent for one that broke before they were measured, Warm
// also for one without a sample event.
type Row struct {
	Name       string `json:"name"`
	Init       *Init  `json:"init,omitempty"`
	First      Millis `json:"firstCallMs,omitempty"`
	Warm       *Warm  `json:"warm,omitempty"`
	BinarySize int64  `json:"binaryBytes"`
	ZipSize    int64  `json:"zipBytes,omitempty"`
}

// Init describes the init phase.
type Init struct {
	Min    Millis  `json:"minMs"`
	Median Millis  `json:"medianMs"`
	Bare   Millis  `json:"bareMedianMs"` // of the bare handler started in turns with it
	Ratio  float64 `json:"ratioToBare"`  // of the medians
}

// Warm describes the calls after the first ones.
type Warm struct {
	Median Millis `json:"medianMs"`
	P99    Millis `json:"p99Ms"`

	// Bare is the median of the bare handler called in turns with it and with the same event.
	Bare      Millis `json:"bareMedianMs"`
	MinusBare Millis `json:"minusBareMs"`

	// Requests counts the upstream requests per call and RoundTrip is the median time a plain client takes for one.
	// Provider is their product, and Busy the part of it in which the upstream worked.
	Requests  float64 `json:"upstreamRequestsPerCall"`
	RoundTrip Millis  `json:"roundTripMs"`
	Provider  Millis  `json:"providerMs"`
	Busy      Millis  `json:"upstreamBusyMs"`

	// Net is the median without the provider's share.
	Net Millis `json:"netMs"`
}
