module gopm.test/cthreads

go 1.26
