module held

go 1.26
