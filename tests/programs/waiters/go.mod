module waiters

go 1.26
