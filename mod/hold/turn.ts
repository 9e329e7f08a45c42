/** One turn of the event loop, after which a rejection that nobody handles has been reported. */

const { MessageChannel } = globalThis;

/** Resolves in the next turn; a timer would take a millisecond. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
