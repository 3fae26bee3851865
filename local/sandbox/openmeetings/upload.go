package openmeetings

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"slices"
	"strings"
)

// upload is the body of POST /file.
type upload struct {
	file *fileInput
	// stream is nil when there is no such part; a row without content is made then, such as a folder.
	stream []byte
}

// uploadFile makes a file. What is in it decides its type.
func uploadFile(c *call) (answer, error) {
	up, err := readUpload(c.r.Header, c.body)
	if err != nil {
		return answer{}, err
	}
	if err := c.allow(rightSOAP); err != nil {
		return answer{}, err
	}
	if up.file.id != nil {
		return answer{}, exception("Bad id")
	}
	if c.s.state.full(c.now) {
		return answer{}, errFull
	}
	f := &file{fileData: up.file.fileData, uploader: c.user.id}
	if up.stream != nil {
		if f.kind = detect(value(f.name), up.stream); f.kind == "" {
			return answer{}, exception("The file type cannot be converted :: " + value(f.name))
		}
		f.hash = new(newUUID())
	}
	f.id = c.s.state.nextID()
	c.s.state.files = append(c.s.state.files, f)
	return c.updated(f), nil
}

func readUpload(h http.Header, body []byte) (upload, error) {
	kind, parameters, _ := mime.ParseMediaType(h.Get("Content-Type"))
	if kind != "multipart/form-data" {
		return upload{}, page(http.StatusUnsupportedMediaType, "an upload is multipart/form-data")
	}
	var up upload
	parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return upload{}, page(http.StatusBadRequest, "the multipart body cannot be read")
		}
		if err := up.take(part); err != nil {
			return upload{}, err
		}
	}
	if up.file == nil {
		return upload{}, page(http.StatusBadRequest, "the part file is missing")
	}
	return up, nil
}

func (up *upload) take(part *multipart.Part) error {
	content, err := io.ReadAll(part)
	if err != nil {
		return page(http.StatusBadRequest, "a part cannot be read")
	}
	kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type"))
	switch {
	case part.FormName() == "file" && kind == jsonType:
		up.file, err = parse(params{"file": string(content)}, "file", formDTO, readFile)
		return err
	case part.FormName() == "stream" && kind == "application/octet-stream":
		up.stream = slices.Concat([]byte{}, content)
		return nil
	}
	return page(http.StatusBadRequest, "part "+part.FormName()+" is unknown or has the wrong type")
}

// detect returns the type of a file, "" for what cannot be shown on a whiteboard.
func detect(name string, content []byte) string {
	kind := http.DetectContentType(content)
	switch major, _, _ := strings.Cut(kind, "/"); {
	case major == "image":
		return fileImage
	case major == "video" || major == "audio":
		return fileVideo
	case kind == "application/pdf" || slices.Contains(officeEndings(), strings.ToLower(path.Ext(name))):
		return filePresentation
	}
	return ""
}

func officeEndings() []string {
	return []string{".doc", ".docx", ".ppt", ".pptx", ".xls", ".xlsx", ".odt", ".odp", ".ods"}
}
