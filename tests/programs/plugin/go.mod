module plugged

go 1.26
