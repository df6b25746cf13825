"""How a customer feels, read from the notes of the orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

if TYPE_CHECKING:
    from mlp_types import Moods, Order


def score(orders: Order) -> pd.DataFrame:
    noted = orders[orders["note"].notna()]
    analyzer = SentimentIntensityAnalyzer()
    moods = {note: analyzer.polarity_scores(note)["compound"] for note in noted["note"].unique()}
    return pd.DataFrame(
        {
            "customer_id": noted["customer_id"],
            "written": noted["ordered"],
            "mood": noted["note"].map(moods),
        }
    )


if TYPE_CHECKING:
    # What the spec asks of it, for the type checker.
    _: Moods = score
