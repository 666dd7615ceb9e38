"""Make linkage-names.json: what profile N1 makes of name parts. Run again only for a new profile.

    PYTHONPATH=.:tests/vectors python tests/vectors/make_linkage_names.py

The name parts are common given names and surnames in the spellings of several states, from Wikidata (CC0) and
habesha-names (MIT), and odd inputs; no person stands behind them.
"""

# ruff: noqa: RUF001 -- letters of several scripts that look alike are what this is about

import hashlib
import json
from importlib import resources
from pathlib import Path

from exchange.client.linkage.parts import words
from exchange.client.linkage.skeletons import coarse, exact, fine

FILE = Path(__file__).with_name("linkage-names.json")
GROUPS = {
    "Muhammad": "Mohammad Mohammed Muhamad Muhammed Mahammad Məhəmməd Mohamed Mehmed Мухаммад Мохаммад محمد",
    "Hussein": "Hussein Husseyn Hüseyin Hossein Husain Huszein Хусейн Гусейн حسین حسين",
    "Abdulrahman": "Abdulrahman Abdurrahman Abdul-Rahman Abdelrahman Abdurahman Абдурахман عبدالرحمن",
    "Yusuf": "Yusuf Youssef Yousef Jusuf Yusif Юсуф يوسف یوسف",
    "Hassan": "Hassan Hasan Hasán Хасан Гасан حسن",
    "Zahra": "Zahra Zahraa Zəhra Захра Загра زهرا زهراء",
    "Mahmoud": "Mahmoud Mahmud Machmud Махмуд محمود",
    "Rahimi": "Rahimi Raheemi Rachimi Рахими Рагімі رحیمی",
    "Hosseinzadeh": "Hosseinzadeh Husseinzade Hoseynzade Хосейнзаде Гусейнзаде حسینزاده",
    "Karimpour": "Karimpour Karimpur Kerimpour Каримпур کریمپور",
    "Golshan": "Golshan Gulshan Golschan Golszan Голшан گلشن",
    "Vladimir": "Vladimir Wladimir Włodzimierz Uladzimir Volodymyr Владимир Володимир Уладзімір",
    "Chernyshevsky": "Chernyshevsky Tschernyschewski Černyševskij Czernyszewski Csernisevszkij Чернышевский",
    "Kuznetsov": "Kuznetsov Kuznecov Kusnezow Kuzniecow Kuznyecov Kuzņecovs Кузнецов Кузняцоў",
    "Zhanna": "Zhanna Žanna Schanna Janna Żanna Zsanna Žana Жанна",
    "Hryhorii": "Hryhorii Grigoriy Grigorij Grzegorz Григорий Григорій Рыгор",
    "Oleksandr": "Oleksandr Aleksandr Alexander Aleksander Aliaksandr Aleksandrs Олександр Александр Аляксандр",
    "Shevchenko": "Shevchenko Schewtschenko Ševčenko Szewczenko Sevcsenko Шевченко",
    "Jakubovska": "Jakubowska Jakubovskaja Yakubovska Jakubovskienė Якубовская Якубовська",
    "Mindaugas": "Mindaugas Mindaugs Миндаугас",
    "Bērziņš": "Bērziņš Berzins Berzinsh Берзиньш",
    "Giorgi": "Giorgi Georgi Giorghi გიორგი Гиорги",
    "Dzhugashvili": "Dzhugashvili Jughashvili Džugašvili Dschughaschwili ჯუღაშვილი Джугашвили",
    "Hovhannisyan": "Hovhannisyan Hovhannisjan Oganesyan Hovannisian Հովհաննիսյան Оганесян",
    "Mkrtchyan": "Mkrtchyan Mkrtcsjan Mkrtčjan Mkrttschjan Մկրտչյան Мкртчян",
    "Tesfaye": "Tesfaye Tesfaie Tesfaja ተስፋዬ Тесфайе",
    "Abebech": "Abebech Abebetch Abebecz አበበች Абебеч",
    "Yorgos": "Giorgos Yorgos Γιώργος ΓΙΩΡΓΟΣ",
    "Çağlar": "Çağlar Caglar Čaglar Чаглар",
    "Şükrü": "Şükrü Sukru Schükrü Sükrü Шюкрю",
    "Cemal": "Cemal Jamal Djamal Dschamal Dżamal Djemal Джемал Джамал جمال",
    "Ghulam": "Ghulam Gholam Gulam Qulam Гулам غلام",
    "Khadija": "Khadija Chadidscha Khadidja Hatice Хадиджа خديجة",
    "Cohen": "Cohen Kohen Koen Коэн כהן",
    "Chatterjee": "Chatterjee Čaterdži Чаттерджи চ্যাটার্জী",
    "Olugbenga": "Olugbenga Oluqbenga Олугбенга",
    "Nguyen": "Nguyen Nguyễn Нгуен",
}
ODD = (
    "", " ", "😀", "\u200f", "123", "a", "ß", "İ", "I", "ı", "Hусейн", "Тhарwат", "Маria", "аlі", "O'Neill", "O’Neill",
    "d’Ávila", "Jean-Luc", "金", "अमित", "ﷺ", "ﬁ", "Ｍａｒｉａ", "Müller", "Ångström", "x" * 300, "Łódź",
    "гӏалиев", "الـحسن",
)  # fmt: skip


def tables() -> str:
    """Return the digest of the letter tables and the costs."""
    folder = resources.files("exchange") / "data" / "letters"
    files = sorted((one.name, one.read_bytes()) for one in folder.iterdir())
    return hashlib.sha256(b"".join(name.encode() + b"\0" + held for name, held in files)).hexdigest()


def vector(text: str) -> dict[str, object]:
    return {
        "part": text,
        "words": words(text),
        "coarse": sorted(coarse(text)),
        "fine": sorted(fine(text)),
        "exact": sorted(exact(text)),
    }


def main() -> None:
    made = {
        "profile": "N1",
        "tables": tables(),
        "groups": {name: [vector(one) for one in forms.split(" ")] for name, forms in GROUPS.items()},
        "odd": [vector(one) for one in ODD],
    }
    FILE.write_text(json.dumps(made, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
