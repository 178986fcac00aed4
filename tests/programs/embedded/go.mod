module gopm.test/embedded

go 1.26
