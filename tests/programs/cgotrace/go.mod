module gopm.test/cgotrace

go 1.22
