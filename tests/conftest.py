"""What every test may count on, however the run was started."""

import signal

# A shell without job control starts what stands before `&` with Ctrl-C ignored, and so does nohup.
# Children inherit that, and the tests that interrupt one would wait for it in vain.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
