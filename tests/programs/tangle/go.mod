module tangle

go 1.26
