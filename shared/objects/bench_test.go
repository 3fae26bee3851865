package objects_test

import (
	"testing"

	"gavel/shared/objects"
)

func BenchmarkUploadURL(b *testing.B) {
	store := offline()
	for b.Loop() {
		if _, err := store.UploadURL(b.Context(), photo); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "URLs/s")
}

func BenchmarkDownloadURL(b *testing.B) {
	store, download := offline(), objects.Download{Key: minutes.Key, Name: "Übung 日本語 🙂.pdf", ContentType: "application/pdf", Expires: minutes.Expires}
	for b.Loop() {
		if _, err := store.DownloadURL(b.Context(), download); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "URLs/s")
}
