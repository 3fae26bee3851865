module gavel

go 1.26.0
