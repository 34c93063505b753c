/**
 * The ticket in an address: `#ticket=...`, which browsers keep to themselves, or `?ticket=...`, which servers and proxies on the way
 * may write down.
 *
 * @param {URL} address
 * @returns {{ticket: string | null, rest: URL}} the ticket, and the address without any
 */
export function ticketIn(address) {
  const rest = new URL(address);
  const fragment = new URLSearchParams(rest.hash.slice(1));
  const ticket = fragment.get('ticket') || rest.searchParams.get('ticket') || null;
  rest.searchParams.delete('ticket');
  if (fragment.has('ticket')) {
    fragment.delete('ticket');
    rest.hash = fragment.toString();
  }

  return { ticket, rest };
}

/**
 * A ticket starts sessions for whoever has it: it leaves the address bar before anybody copies it from there.
 * @param {(ticket: string) => void} use
 */
export function takeTicket(use) {
  const { ticket, rest } = ticketIn(new URL(location.href));
  if (!ticket) return;
  use(ticket);
  history.replaceState(history.state, '', rest);
}
