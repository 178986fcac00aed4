module retained

go 1.26
