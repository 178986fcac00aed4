module million

go 1.26
