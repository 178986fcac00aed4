module gopm.test/steps

go 1.23
