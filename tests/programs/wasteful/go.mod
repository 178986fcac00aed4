module wasteful

go 1.26
