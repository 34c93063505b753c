/**
 * A call of LiveTalking's API. Its answers say whether they are errors in `code`, whatever the status.
 * @param {string} path
 * @param {Record<string, unknown>} body
 * @param {string} unreachable what is said where no answer came that could be read
 * @returns {Promise<string | null>} what went wrong; null: nothing
 */
export async function old(path, body, unreachable) {
  try {
    const response = await fetch(path.slice(1), { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const answer = await response.json();
    return answer.code === 0 ? null : String(answer.msg);
  } catch {
    return unreachable;
  }
}
