module gopm.test/native

go 1.22
