package objects

import (
	"encoding/xml"
	"net/http"
)

// fault is a refusal as S3 words it: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.
type fault struct {
	status  int
	code    string
	message string
}

func accessDenied(message string) *fault {
	return &fault{http.StatusForbidden, "AccessDenied", message}
}

// internal tells the developer, whose machine it is, what is wrong with it.
func internal(err error) *fault {
	return &fault{http.StatusInternalServerError, "InternalError", err.Error()}
}

func (f *fault) write(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(f.status)
	if r.Method == http.MethodHead {
		return
	}
	body, err := xml.Marshal(struct {
		XMLName  xml.Name `xml:"Error"`
		Code     string
		Message  string
		Resource string
	}{Code: f.code, Message: f.message, Resource: r.URL.Path})
	if err != nil {
		return // the status says most of it
	}
	_, _ = w.Write(append([]byte(xml.Header), body...)) // nobody is left to tell
}
