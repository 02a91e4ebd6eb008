module coalmine.test/webhook-load

go 1.26.0
