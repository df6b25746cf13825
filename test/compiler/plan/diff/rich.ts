/** A spec that uses what the examples do not, so that every property of a plan is somewhere. */
export const rich = `
import std.sources { csv, json, postgres, query }
import std.sinks { table }
import std.learn { gradient_boosting, logistic_regression }
import std.metrics { auc, accuracy }
import std.drift { psi }
import std.loaders { onnx }
import std.notify { slack }

/// How far to look back.
param horizon: duration in 1d..90d = 30d
param floor: float in 0..1 = 0.6

enum Kind { small, large, gift }

/// One order.
schema Order {
  /// Its number.
  order_id: int @key
  customer: string matching r"[A-Z]{2}[0-9]+"
  email: string @pii
  kind: Kind
  state: string in {"new", "paid"}
  ordered: timestamp @event_time
  amount: float in 0..1000 @unit("EUR") @known_after(2h)
  tags: [string]?
  vec: vector(3)?
  refund: float? in 0..1000 @known_after(20d)
}
schema Score { order_id: int @key  at: timestamp  score: float in 0..1  model_version: string }
schema Mood { customer: string  written: timestamp @event_time  mood: float in -1..1 }

connection store = postgres(url: secret("STORE_URL"))
/// Every order.
source orders: Order = query(store, """select * from orders""") {
  quarantine up to 1%
  partitioned by ordered daily
  watermark ordered
  fresh within 26h
  lag 1h
}
source visits: Order = csv("visits.csv")
/// Where scores go.
sink scores: Score = table(store, "ml.scores")

/// Whose values are few.
@masks
component moods(orders: table Order, size: int in 1..9 = 3) -> table Mood {
  run python "moods.py:score"
  packages "vader==3.3.2"
  mood: float in -1..1 from (kind)
  resources { cpu: 1, memory: 2GiB }
  timeout 20min
  retry 1 times after 1min
}
let order_moods = moods(orders, size: 4)

policy steady(m: metric, least: float) { require m >= least }
policy quick(limit: duration) { require p99_latency <= limit }

/// Orders are sound.
validation sound on orders {
  require count() >= 100
  require share(amount > 0) >= 90%
  warn (psi(amount, against: previous) ?? 0.0) < 0.2
}

metric top(at: int in 1..9 = 1) for binary in 0..1 higher is better { run python "metrics.py:top" }

/// What is known of an order.
features Basket from orders at ordered + 3h {
  key order_id
  join order_moods as m on m.customer == customer within 90d
  materialize every 1d
  stale after 2d else null
  use kind
  /// In standard units.
  scaled = (amount - fitted mean(amount)) / (fitted stddev(amount) + 1.0)
  spent = sum(amount of orders where amount > 10.0 over horizon by customer) ?? 0.0
  high = quantile(amount of orders over 30d by customer, 0.9) ?? 0.0
  mood = m.mood ?? 0.0
  twice = spent * 2.0
  label returned = (refund ?? 0.0) > 0.0
  label size = kind
}

/// Looked up by what was looked up.
features Echo from orders at ordered + 3h {
  join order_moods as m on m.customer == customer within 90d
  join order_moods as again on again.customer == (m.customer ?? "") within 90d
  echo = again.mood ?? 0.0
}

/// Will it come back?
model returns {
  features Basket without { kind }
  predict returned
  where amount > 1.0
  split by time { train last 180d  validation last 30d  test last 30d }
  sample 50%
  train gradient_boosting(rounds: 50)
  tune { depth: {2, 3}  learning_rate: 0.03..0.3 log } maximize auc with 3 trials
  baseline logistic_regression()
  seed 3
  threshold 0.4
  evaluate auc, top(at: 2) by kind
  promote {
    require auc >= floor
    policy steady(auc, least: 0.1)
    require auc >= 0.5 for each kind with at least 100 rows
    approval("owners")
  }
}
model bought {
  features Basket without { kind, scaled }
  predict returned
  load onnx("bought.onnx")
}
model sizes {
  features Basket without { kind }
  predict size
  split by group customer { train 80%  test 20% }
  sample 1_000 rows
  train gradient_boosting()
  seed 1
  evaluate accuracy
}

/// Asked at the till.
deployment till {
  serve returns
  shadow sizes
  traffic 5rps
  replicas 1..3 at 60% cpu
  resources { cpu: 0.5, memory: 512MiB }
  check {
    load within 60s
    policy quick(20ms)
    require p99_latency <= 30ms at 100rps for 30s
  }
  rollout canary { 50% for 1h, 100% }
  rollback when error_rate > 1%
  log 20% of requests
}
deployment nightly_scores { serve returns  score orders into scores }

/// Looks on.
monitor watch on till {
  every 1d over 7d
  labels from orders on order_id
  warn psi(each feature except mood) > 0.2
  alert auc < 0.5 for 2 times
  notify slack(secret("HOOK")) on alert, recovery
}
/// Every night.
pipeline nightly {
  run till, nightly_scores
  on schedule("0 3 * * *", zone: "Europe/Berlin", missed: "once")
  on new_rows(orders) >= 1_000
  on alert(watch)
  on request
  interval 1d
  cooldown 6h
  timeout 2h
  retry 2 times after 30s
  concurrency replace
  budget 20h cpu
  notify slack(secret("HOOK")) on failure
}
environment staging {
  target kubernetes { namespace: "staging", registry: "ghcr.io/acme/ml", artifacts: "s3://acme" }
  source visits = json("s3://acme/visits.json")
  sink scores = table(store, "staging.scores")
  connection store = postgres(url: secret("STAGING_URL"))
  param horizon = 60d
  models trained here
  deploy on push("main")
}
environment production extends staging {
  models promoted from staging
  deploy after approval("owners")
}
test "large orders" of Basket {
  given { order_id: 1, customer: "AB1", email: "a@example.org", kind: Kind.large, state: "paid", ordered: 2024-01-01T00:00:00Z, amount: 20.0, tags: null, vec: null, refund: null }
  at 2024-01-01T03:00:00Z
  expect twice == 0.0
}
test "it learns" of returns { converges on 500 rows  overfits 64 rows  stays finite }
test "a small run" of nightly { runs on 100 rows }
function halved(x: float) -> float = x / 2.0
test "a half" of halved {
  given { x: 3.0 }
  expect halved == 1.5
}
`;
