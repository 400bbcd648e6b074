"""The page in a browser: chosen, sorted, enlarged and walked by mouse and by keyboard alone, read aloud, printed."""
import json
import re
import shutil
import sqlite3

import pytest

import page_reader
from conftest import AXE, SEEDS, MODELS, dflare, page_of


def data_of(file):
    return page_reader.data_of(file)["runs"][0]


def to_gallery(page):
    page.locator(".findings").evaluate("e => e.scrollIntoView()")
    page.locator(".card").first.wait_for()


def count(page):
    """How many findings the page says it shows."""
    return int(re.match(r"([\d\u202f ]+) of", page.locator(".status").inner_text()).group(1).replace("\u202f", "").replace(" ", ""))


def cards(page):
    return page.locator(".card").evaluate_all("list => list.map(card => card.dataset.finding)")


def test_the_verdict_comes_first(visit, page_file):
    page = visit(page_file)
    assert "120" in page.locator("h2").first.inner_text()
    assert "real inputs as they are" in page.locator("h2").first.inner_text()


def test_a_filter_shows_what_it_says(visit, page_file):
    page = visit(page_file)
    findings = data_of(page_file)["findings"]
    to_gallery(page)
    assert count(page) == findings["count"]
    page.get_by_label("Kind", exact=True).select_option("3")
    assert count(page) == findings["kind"].count(3) > 0
    page.get_by_label("Kind", exact=True).select_option("changed")
    assert count(page) == findings["count"] - findings["kind"].count(3)
    page.get_by_label("Severity at least", exact=True).fill("0.2")
    wanted = sum(s >= 0.2 and k != 3 for s, k in zip(findings["severity"], findings["kind"]))
    assert count(page) == wanted < findings["count"]
    page.get_by_label("L2 at most", exact=True).fill("3")
    wanted = sum(s >= 0.2 and k != 3 and d <= 3 for s, k, d in zip(findings["severity"], findings["kind"], findings["l2"]))
    assert count(page) == wanted > 0
    page.get_by_label("Severity at least", exact=True).fill("99")
    assert page.locator(".status").inner_text() == "No finding is like that."
    page.get_by_role("button", name="Show everything").click()
    assert count(page) == findings["count"]


def test_ways_and_label_pairs_choose_too(visit, page_file):
    page = visit(page_file)
    data = data_of(page_file)
    page.locator(".ways .link").first.click()
    way = max(range(len(data["ways"])), key=data["findings"]["way"].count)
    assert count(page) == data["findings"]["way"].count(way)
    cell = page.locator(".matrix button").first
    number = int(cell.inner_text())
    cell.click()
    assert count(page) == number


@pytest.mark.parametrize("order, key, sign", [("decisive", "severity", -1), ("quickest", "queries", 1), ("input", "seed", 1)])
def test_findings_stand_in_the_order_asked_for(visit, page_file, order, key, sign):
    page = visit(page_file)
    findings = data_of(page_file)["findings"]
    page.get_by_label("Group", exact=True).select_option("no")
    page.get_by_label("Order", exact=True).select_option(order)
    to_gallery(page)
    ids = [f"{seed}:{ordinal}" for seed, ordinal in zip(findings["seed"], findings["ordinal"])]
    values = [sign * findings[key][ids.index(card)] for card in cards(page)]
    assert len(values) >= 8
    assert sorted(values) == values
    assert values[0] == min(sign * v for v in findings[key])


def test_a_group_opens_and_closes(visit, page_file):
    page = visit(page_file)
    page.get_by_label("Order", exact=True).select_option("frequent")
    to_gallery(page)
    height = lambda: page.locator(".gallery").bounding_box()["height"]
    closed = height()
    page.get_by_role("button", name=re.compile("Show all")).first.click()
    fewer = page.get_by_role("button", name="Show fewer")
    assert fewer.evaluate("e => e === document.activeElement")
    assert height() > closed
    fewer.click()
    assert height() == closed


def test_a_picture_shows_the_pixels_of_the_finding(visit, patches, page_file):
    page = visit(page_file)
    to_gallery(page)
    card = page.locator(".card").first
    seed, ordinal = card.get_attribute("data-finding").split(":")
    png = next((patches / "findings").glob(f"{int(seed):06}_{ordinal}_*.png")).read_bytes()
    same = card.evaluate("""async (card, png) => {
      await new Promise(done => setTimeout(done, 500));
      const image = await createImageBitmap(new Blob([new Uint8Array(png)], {type: 'image/png'}),
                                            {colorSpaceConversion: 'none'});
      const own = document.createElement('canvas');
      [own.width, own.height] = [image.width, image.height];
      own.getContext('2d').drawImage(image, 0, 0);
      const canvas = card.querySelector('canvas');
      const at = (canvas.width - image.width) / 2;
      const shown = canvas.getContext('2d').getImageData(at, 0, image.width, image.height).data;
      return own.getContext('2d').getImageData(0, 0, image.width, image.height).data.every((v, i) => v === shown[i]);
    }""", list(png))
    assert same


def test_keyboard_alone_reaches_enlarges_and_walks(visit, page_file):
    page = visit(page_file)
    to_gallery(page)
    page.get_by_role("button", name="Show everything").focus()
    while page.evaluate("!document.activeElement.dataset.finding"):
        page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.dataset.finding")
    page.keyboard.press("ArrowRight")
    second = page.evaluate("document.activeElement.dataset.finding")
    assert second and second != first
    page.keyboard.press("Enter")
    assert page.locator("dialog").evaluate("d => d.open")
    title = page.locator("#viewer-title").inner_text()
    assert page.locator(".place").inner_text().startswith("2 of")
    page.keyboard.press("ArrowRight")
    assert page.locator(".place").inner_text().startswith("3 of")
    page.keyboard.press("ArrowLeft")
    assert page.locator("#viewer-title").inner_text() == title
    page.keyboard.press("ArrowRight")
    third = page.locator("dialog dd").last.inner_text().split()[-1]
    page.keyboard.press("Escape")
    assert not page.locator("dialog").evaluate("d => d.open")
    assert page.evaluate("document.activeElement.dataset.finding") == third


def test_arrow_keys_reach_the_end_with_few_elements_there(visit, page_file):
    page = visit(page_file)
    to_gallery(page)
    page.locator(".card").first.focus()
    page.keyboard.press("End")
    last = page.evaluate("document.activeElement.dataset.finding")
    assert last
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.finding") not in (None, last)
    assert page.locator(".gallery *").count() <= 500


def test_a_tall_window_is_filled_by_few_elements(visit, page_file):
    page = visit(page_file, viewport={"width": 1300, "height": 3000})
    to_gallery(page)
    assert page.locator(".gallery *").count() <= 500
    lowest = page.locator(".card").evaluate_all("list => Math.max(...list.map(c => c.getBoundingClientRect().bottom))")
    assert lowest >= 3000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 400])
def test_nothing_keeps_anybody_from_reading_it(visit, page_file, scheme, width):
    if not AXE.exists():
        pytest.skip("axe-core is not installed: ./dev setup page")
    page = visit(page_file, color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    to_gallery(page)
    page.add_script_tag(path=AXE)

    def violations():
        found = page.evaluate("axe.run()")["violations"]
        return [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found]

    assert violations() == []
    page.locator(".card").first.click()
    assert violations() == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_real_networks_filter_sort_enlarge_and_are_read_by_anybody(visit, real_page, scheme):
    page = visit(real_page, color_scheme=scheme, bypass_csp=True)
    findings = data_of(real_page)["findings"]
    to_gallery(page)
    page.get_by_label("Kind", exact=True).select_option("1")
    assert count(page) == findings["kind"].count(1) > 0
    page.get_by_role("button", name="Show everything").click()
    page.get_by_label("Group", exact=True).select_option("no")
    page.get_by_label("Order", exact=True).select_option("decisive")
    to_gallery(page)
    page.locator(".card").first.focus()
    page.keyboard.press("Enter")
    best = max(range(findings["count"]), key=lambda i: findings["severity"][i])
    assert page.locator("dialog dd").last.inner_text().split()[-1] == f"{findings['seed'][best]}:{findings['ordinal'][best]}"
    assert page.locator("dialog canvas").count() >= 1
    if AXE.exists():
        page.add_script_tag(path=AXE)
        assert [(v["id"], v["nodes"][0]["target"]) for v in page.evaluate("axe.run()")["violations"]] == []
    page.keyboard.press("Escape")
    page.locator(".card").first.focus()
    page.keyboard.press("End")
    assert page.locator(".gallery *").count() <= 500


def test_light_and_dark_are_the_readers(visit, page_file):
    grounds = {visit(page_file, color_scheme=s).evaluate("getComputedStyle(document.body).backgroundColor")
               for s in ("light", "dark")}
    assert len(grounds) == 2


def test_on_paper_stand_the_first_findings(visit, page_file):
    page = visit(page_file)
    page.emulate_media(media="print")
    page.locator(".gallery.printed .card").first.wait_for()
    assert page.locator(".card").count() == 24
    assert not page.locator(".toolbar").is_visible()
    page.emulate_media(media="screen")
    to_gallery(page)
    assert page.locator(".gallery.printed").count() == 0


def test_a_page_that_opens_on_paper_shows_them_too(visit, page_file):
    page = visit(page_file, media="print")
    page.locator(".gallery.printed .card").first.wait_for()
    assert page.locator(".card").count() == 24


def test_it_prints_on_few_pages(visit, page_file):
    paper = visit(page_file).pdf()
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", paper)) <= 6


def test_several_runs_have_a_chooser(visit, patches, tmp_path):
    dflare("search", MODELS / "digits-lenet5.onnx", MODELS / "digits-lenet5-prune80.onnx", SEEDS / "digits", "--preprocess",
           "unit", "--max-seeds", 30, "-q", "-o", tmp_path / "digits")
    page = visit(page_of(tmp_path, patches, tmp_path / "digits"))
    assert "patches-cnn" in page.locator("h1").inner_text()
    page.get_by_role("button", name="digits").click()
    assert "digits-lenet5" in page.locator("h1").inner_text()
    to_gallery(page)
    assert count(page) >= 30


def test_a_run_without_findings_has_a_page(visit, tmp_path):
    dflare("search", MODELS / "digits-lenet5.onnx", MODELS / "digits-lenet5.onnx", SEEDS / "digits", "--preprocess", "unit",
           "--max-seeds", 3, "--max-queries", 20, "-q", "-o", tmp_path / "run")
    page = visit(page_of(tmp_path, tmp_path / "run"))
    assert "no findings" in page.locator("main").inner_text()
    assert "same model twice" in page.locator(".verdict").inner_text()


def test_names_with_markup_stay_names(visit, tmp_path):
    folder = tmp_path / "seeds" / "3"
    folder.mkdir(parents=True)
    name = "<img src=x onerror=document.title='hurt'>\"'&\n\x01.png"
    (folder / name).write_bytes(next((SEEDS / "digits/3").glob("*.png")).read_bytes())
    dflare("search", MODELS / "digits-lenet5.onnx", MODELS / "digits-lenet5-prune80.onnx", tmp_path / "seeds", "--preprocess",
           "unit", "-q", "-o", tmp_path / "run")
    page = visit(page_of(tmp_path, tmp_path / "run"))
    to_gallery(page)
    page.locator(".card").first.click()
    assert "<img src=x onerror=document.title='hurt'>\"'&\\n\\x01.png" in page.locator("dialog").inner_text()
    assert page.locator("img").count() == 0
    assert "hurt" not in page.title()


def test_what_an_oracle_measured_is_told(visit, tmp_path):
    dflare("search", MODELS / "digits-lenet5.onnx", MODELS / "digits-lenet5-int8.onnx", SEEDS / "digits", "--preprocess", "unit",
           "--oracle", "value:2", "--max-seeds", 10, "-q", "-o", tmp_path / "run")
    page = visit(page_of(tmp_path, tmp_path / "run"))
    to_gallery(page)
    page.locator(".card").first.click()
    assert "difference" in page.locator("dialog").inner_text()
    assert "apart as tolerated" in page.locator("dialog").inner_text()
    assert page.locator(".matrix").count() == 0


def test_the_labels_likeliest_to_both_models_stand_in_bars(visit, page_file):
    page = visit(page_file)
    top = data_of(page_file)["findings"]["top_original"]
    to_gallery(page)
    page.get_by_label("Kind", exact=True).select_option("changed")
    page.locator(".card").first.click()
    rows = page.locator("dialog .models:visible table tbody tr")
    assert rows.count() == 2 * min(5, top["width"]) > 4
    page.get_by_text("What both said of the input").click()
    assert rows.count() == 4 * top["width"]
    shares = [float(re.sub(r"[^\d.]", "", text)) for text in rows.locator(".number").all_inner_texts()[:top["width"]]]
    assert shares == sorted(shares, reverse=True) and sum(shares) <= 101


def test_of_a_run_that_kept_two_labels_the_page_says_so(visit, patches, tmp_path):
    shutil.copytree(patches, tmp_path / "run")
    with sqlite3.connect(tmp_path / "run/run.sqlite") as db:
        db.execute("DROP TABLE answers")
    page = visit(page_of(tmp_path, tmp_path / "run"))
    to_gallery(page)
    page.locator(".card").first.click()
    assert page.locator("dialog .models tbody tr").count() == 4
    assert "its own label alone" in page.locator("dialog .models").inner_text()


@pytest.fixture(scope="session")
def measured(patches, tmp_path_factory):
    """A page of a run, a profile of its models, one of others, and a comparison."""
    folder = tmp_path_factory.mktemp("measured")
    asked = ["--preprocess", "imagenet", "--max-inputs", 12, "-q", "--json"]
    for name, compressed in (("own", "patches-cnn-int8"), ("same", "patches-cnn")):
        dflare("profile", MODELS / "patches-cnn.onnx", MODELS / f"{compressed}.onnx", SEEDS / "patches", *asked, "-o",
               folder / f"{name}.json")
    dflare("compare", folder / "own.json", folder / "same.json", "-o", folder / "change.json")
    return page_of(folder, patches, folder / "own.json", folder / "same.json", folder / "change.json"), folder


def test_a_profile_stands_beside_the_run_of_its_models(visit, measured):
    file, folder = measured
    profile = json.loads((folder / "own.json").read_text())
    page = visit(file)
    heat = page.locator(".profile .heat").first
    heat.wait_for()
    assert heat.locator("tbody tr").count() == len(profile["kinds"]) == 13
    worst = profile["kinds"][0]
    assert heat.locator("tbody th").first.inner_text() == worst["kind"].replace("-", " ")
    assert f"Most damaging: {worst['kind'].replace('-', ' ')}" in page.locator(".profile").inner_text()
    shown = heat.locator("tbody tr").first.locator("td").all_inner_texts()
    for text, figures in zip(shown, worst["severities"], strict=False):
        assert abs(float(text.strip("<> %")) - 100 * figures["disagreement"]["value"]) <= 0.51
    assert page.locator(".profile .heat").count() == 2  # and regressions: the inputs have labels


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_profiles_and_comparisons_are_chosen_and_read_by_anybody(visit, measured, scheme):
    page = visit(measured[0], color_scheme=scheme, bypass_csp=True)
    for part, says in (("same.json", "In the field"), ("change.json", "fixed"), ("run", "real inputs as they are")):
        page.get_by_role("button", name=part, exact=True).click()
        assert says in page.locator("main").inner_text()
        if not AXE.exists():
            continue
        page.add_script_tag(path=AXE)
        assert [(v["id"], v["nodes"][0]["target"]) for v in page.evaluate("axe.run()")["violations"]] == []
