import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compile } from '../../compiler/index.ts';
import type { Plan } from '../../compiler/plan/plan.ts';
import { Random } from './random.ts';
import { memoryHost } from './specs.ts';

/** A shop whose view reads other rows in every way: as-of joins, a joined and a windowed view, windows of two tables. */
export const shopSpec = `import std.sources { csv }

schema Customer {
  customer_id: int @key
  joined: datetime @event_time
  country: string
}
schema Order {
  order_id: int @key
  ordered: datetime @event_time
  customer_id: int
  shop: string
  amount: float in 0..1_000 @known_after(2h)
  items: int in 0..100
}
schema Shop { shop: string @key  city: string? }

source customers: Customer = csv("customers.csv")
source orders: Order = csv("orders.csv")
source shops: Shop = csv("shops.csv")

features Spending from customers at each day {
  key customer_id
  materialize every 12h
  use country
  spent = sum(amount of orders over 7d by customer_id)
  orders = count(orders over 7d by customer_id)
}

features Visit from orders at ordered {
  join Spending as s on s.customer_id == customer_id
  join customers as c on c.customer_id == customer_id within 60d
  join shops as place on place.shop == shop

  use shop, items
  city = place.city ?? "none"
  country = c.country ?? "none"
  spent = s.spent ?? 0.0
  typical = mean(spent of Spending over 5d by customer_id) ?? 0.0
  recent = count(orders over 3d by customer_id)
  usual = mean(amount over 10d by (customer_id, shop))
  busy = count(orders where items > 3 over 6h by shop)
  label large = amount > 100
}
`;

export interface Shop {
  readonly folder: string;
  plan(spec?: string): Plan;
  /** Writes all orders before a day (from 0). */
  write(days: number, change?: (line: string, i: number) => string): void;
  drop(): void;
}

/** A project in a scratch folder; its rows are drawn once, so that more days are the same rows and more. */
export function openShop(): Shop {
  const folder = mkdtempSync(path.join(tmpdir(), 'mlp-shop-'));
  const random = new Random(7);
  const time = (minutes: number): string =>
    new Date(Date.UTC(2024, 0, 1, 0, minutes)).toISOString().slice(0, 19);
  const orders = Array.from({ length: 400 }, (_, i) => {
    const minute = Math.floor((i * 40 * 24 * 60) / 400) + random.int(0, 30);
    const amount = (random.int(0, 80000) / 100).toFixed(2);
    return {
      day: minute / 1440,
      line: `${i},${time(minute)},${random.int(1, 9)},s${random.int(1, 3)},${amount},${random.int(0, 9)}`,
    };
  });
  writeFileSync(
    path.join(folder, 'customers.csv'),
    `customer_id,joined,country\n${[1, 2, 3, 4, 5, 6, 7, 8].map(id => `${id},${time(id * 900)},C${id % 3}`).join('\n')}\n`,
  );
  writeFileSync(path.join(folder, 'shops.csv'), 'shop,city\ns1,Rome\ns2,\n');
  return {
    folder,
    plan(spec = shopSpec) {
      const { plan, diagnostics } = compile(memoryHost({ 'shop.mlp': spec }));
      if (plan === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
      return plan;
    },
    write(days, change = line => line) {
      const lines = orders.filter(({ day }) => day < days).map(({ line }, i) => change(line, i));
      writeFileSync(
        path.join(folder, 'orders.csv'),
        `order_id,ordered,customer_id,shop,amount,items\n${lines.join('\n')}\n`,
      );
    },
    drop: () => rmSync(folder, { recursive: true, force: true }),
  };
}
