import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HoldfastError } from '../errors.js';
import { fitStage } from './stage-fit.js';

/** @param {number} width @param {number} [height] */
const shown = (width, height = width) => ({ getBoundingClientRect: () => ({ width, height }) });

/** @param {(count: number) => void} [answer] */
function teller(answer = () => {}) {
  /** @type {{ width: number, height: number }[]} */
  const told = [];
  const state = /** @type {import('../state.js').SessionState} */ (/** @type {unknown} */ ({ status: 'connected', attempt: 1, sessionId: 7 }));
  return {
    told,
    state,
    fitStage: async (/** @type {{ width: number, height: number }} */ size) => {
      told.push(size);
      answer(told.length);
    },
  };
}

test('The size is told in pixels of the screen, once, and again when it has changed', async () => {
  const session = teller();
  await fitStage(session, shown(400.4), 2);
  await fitStage(session, shown(400.4), 2);
  await fitStage(session, shown(640, 480), 2);
  await fitStage(session, shown(640, 480), 1);
  assert.deepEqual(session.told, [{ width: 801, height: 801 }, { width: 1280, height: 960 }, { width: 640, height: 480 }]);
});

test('A picture that is not shown has no size to tell, and one beyond all bounds tells the bound', async () => {
  const session = teller();
  await fitStage(session, shown(0), 2);
  await fitStage(session, shown(20_000, 300), 2);
  assert.deepEqual(session.told, [{ width: 16_384, height: 600 }]);
});

test('Another session is told of the same stage', async () => {
  const session = teller();
  await fitStage(session, shown(500), 1);
  session.state = /** @type {any} */ ({ ...session.state, sessionId: 8 });
  await fitStage(session, shown(500), 1);
  assert.equal(session.told.length, 2);
});

test('What the network lost is told again, and an old server is not asked twice', async () => {
  const lossy = teller((count) => {
    if (count === 1) throw new HoldfastError('network', 'The server cannot be reached.');
  });
  for (let i = 0; i < 3; i++) await fitStage(lossy, shown(500), 1);
  assert.equal(lossy.told.length, 2);

  const old = teller(() => {
    throw new HoldfastError('rejected', 'There is nothing at this path.');
  });
  for (let i = 0; i < 3; i++) await fitStage(old, shown(500), 1);
  assert.equal(old.told.length, 1);
});
