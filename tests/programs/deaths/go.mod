module deaths

go 1.26
