"""How a customer feels, read from the notes of the orders."""

import pandas as pd
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


def score(orders: pd.DataFrame) -> pd.DataFrame:
    noted = orders[orders.note.notna()]
    analyzer = SentimentIntensityAnalyzer()
    moods = {note: analyzer.polarity_scores(note)["compound"] for note in noted.note.unique()}
    return pd.DataFrame(
        {"customer_id": noted.customer_id, "written": noted.ordered, "mood": noted.note.map(moods)}
    )
