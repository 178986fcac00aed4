module arenas

go 1.26
