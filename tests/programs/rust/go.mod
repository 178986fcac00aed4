module gopm.test/rust

go 1.26
