"""Trains a small forest on handwritten digits that come with scikit-learn, then reads digits it has not seen."""

from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

if __name__ == "__main__":
    digits = load_digits()
    seen, unseen, seen_labels, unseen_labels = train_test_split(digits.data, digits.target, random_state=7)
    forest = RandomForestClassifier(n_estimators=50, random_state=7).fit(seen, seen_labels)
    print(f"read {forest.score(unseen, unseen_labels):.1%} of {len(unseen)} unseen digits correctly")
