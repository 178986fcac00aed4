module gopm.test/cvars

go 1.22
