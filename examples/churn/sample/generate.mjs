// Writes customers.csv and orders.csv: made up, the same in every run. `node sample/generate.mjs`
import { writeFileSync } from 'node:fs';

let state = 20240101;
/** Mulberry32: uniform in [0, 1). */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const pick = list => list[Math.floor(random() * list.length)];
const wait = mean => -mean * Math.log(1 - random());

const day = 86_400_000;
const first = Date.UTC(2024, 0, 1);
const days = 330;
const iso = time => new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');

const pleased = ['Great, thank you!', 'Fast and friendly, I love it', 'Very good quality', 'Works well, happy with it'];
const neutral = ['Please leave at the door', 'Second floor', 'Ring twice', 'Invoice to the office'];
const cross = ['Late again, this is annoying', 'Terrible packaging, I am disappointed', 'Wrong item, bad service', 'Worst order so far'];

const customers = ['customer_id,email,birth_year,plan,country,signed_up'];
const orders = [];
for (let id = 1; id <= 240; id++) {
  const signedUp = first + Math.floor(random() ** 2 * 200 * day);
  const plan = pick(['free', 'free', 'team', 'business']);
  const year = random() < 0.15 ? '' : 1950 + Math.floor(random() * 55);
  customers.push(`${id},customer${id}@example.org,${year},${plan},${pick(['DE', 'FR', 'NL', 'PL', 'AT'])},${iso(signedUp)}`);
  const every = { free: 14, team: 9, business: 6 }[plan] * (0.6 + random());
  const leaves = random() < { free: 0.5, team: 0.3, business: 0.15 }[plan] ? signedUp + wait(170) * day : Number.POSITIVE_INFINITY;
  for (let time = signedUp + wait(every) * day; time < first + days * day; time += wait(every) * day) {
    if (time > leaves) break;
    const leaving = time > leaves - 30 * day;
    const draw = random();
    const note = draw > 0.45 ? '' : draw > 0.3 ? pick(neutral) : pick(leaving ? cross : random() < 0.85 ? pleased : cross);
    const loaded = (Math.floor(time / day) + 1) * day + 2 * 3_600_000;
    const amount = (wait({ free: 20, team: 45, business: 90 }[plan]) + 5).toFixed(2);
    orders.push({ time, row: `${id},${iso(time)},${iso(loaded)},${amount},${note.includes(',') ? `"${note}"` : note}` });
  }
}
orders.sort((a, b) => a.time - b.time);
const folder = new URL('.', import.meta.url);
writeFileSync(new URL('customers.csv', folder), `${customers.join('\n')}\n`);
writeFileSync(
  new URL('orders.csv', folder),
  `order_id,customer_id,ordered,loaded,amount,note\n${orders.map(({ row }, i) => `${i + 1},${row}`).join('\n')}\n`,
);
