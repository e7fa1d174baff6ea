"""The only threads: one for inference, the global pool for file jobs.

The cycle of a request:

1. The window calls `InferenceClient.submit`; the client cancels the token of the request
   before it and stops a measurement that may be going on.
2. A queued signal carries the new request to the worker on the inference thread, which owns
   every torch object for the program's life. A request that was superseded while it waited
   finds its token cancelled and ends in silence.
3. `runner.run` yields tiles; each goes back by a queued signal. The client learns the speed
   from it and passes it on, unless its request is no longer the current one.
4. Exactly one of finished, failed or silence (cancelled) follows each submit. The worker
   catches everything: AppError as it is, the rest wrapped and logged with its traceback.
5. Cancelling sets the token, which is looked at before every tile and every layer of the
   network; a cancel slot would never reach a busy worker.
6. Shutdown: cancel, quit, wait, and the model is released on its own thread.

Only frozen messages and read-only arrays cross, only by signals, and only to `@Slot` methods
of QObjects: PySide6 runs lambdas, partials and plain functions in the emitting thread. The
worker calls no static Qt function, since those deadlock between the GIL and the event loop.
torch is imported on the inference thread, after the window is up.
"""
