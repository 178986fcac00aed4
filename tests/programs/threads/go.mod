module gopm.test/threads

go 1.22
