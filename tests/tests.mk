# Tests on the host and in Quire.

include tests/host/host.mk
