module stored

go 1.26
