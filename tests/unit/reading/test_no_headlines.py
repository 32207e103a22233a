"""Guards what is taken for a related headline: no menu, pager, telephone number or section; short ones too."""

from __future__ import annotations

import pytest

from classifier.reading.files import page_from_bytes
from classifier.reading.page_lines.line_forms import has_address, is_service
from classifier.reading.page_lines.related import Related

BODY = (
    "Sáng nay, đoàn đàm phán hai nước ngồi vào bàn lần thứ ba trong tháng để bàn về số đầu đạn còn lại. Hai bên nói "
    "cuộc gặp diễn ra thẳng thắn và sẽ gặp lại vào tuần tới tại cùng một thành phố."
)

SHORT = ("Cháy chợ lúc rạng sáng nay", "Tàu mắc cạn ở ngoài khơi", "Giá cà phê lên đỉnh mới")


@pytest.mark.parametrize(
    "line",
    [
        "Trang trước, [1], 2, 3, 4, Trang sau",
        "(6816 bình chọn, 9/10 điểm)",
        "Thể thao | Giáo dục | Ẩm thực | Du lịch",
        "#hiệp ước # đàm phán # tên lửa",
        "hiệp ước,đàm phán,tên lửa,kiểm soát vũ khí",
        "Email người nhận (*)",
        "Tòa soạn: Số 2 phố Thử Nghiệm, quận Ví Dụ, Hà Nội",
        "Cơ quan của Hội Người Đọc Báo Việt Nam",
        "Đơn vị quảng cáo:",
        "0900 111 222 (Ms. An)",
        "Đăng ký ngay để nhận gói tin tức mới",
        "Theo Nhịp sống đọc báo Copy link",
    ],
)
def test_services_are_no_headlines(line):
    assert is_service(line) or has_address(line)
    related = Related()
    related.add(line)
    assert not related.all()


@pytest.mark.parametrize(
    "line",
    [
        "Hỗ trợ 5 tỉ đồng cho vùng lũ miền Trung",
        "Chính sách mới về nhà ở xã hội có hiệu lực từ 1/1/2026",
        "Văn phòng Chính phủ nói gì về vụ cháy chợ?",
        "Bình luận: Đàm phán không phải là nhượng bộ",
        "Trận đấu khó quên nhất (*)",
        "Mở rộng đường ĐT.999 qua hai huyện ven biển",
        "Bộ GD-ĐT: 88 trường được đăng ký thêm ngành mới trong năm học tới",
        "Góp ý cho dự thảo luật về kiểm soát vũ khí",
        "Chia sẻ bài báo sai sự thật, một người bị phạt ở Hà Nội",
        "Từ khóa hiệp ước được tìm kiếm nhiều nhất tuần qua",
        "Ôn thi lớp 12 | Môn lịch sử | Chuyên đề 5 | Những năm đàm phán hiệp ước đầu tiên",
        "Ba phương án 1, 2, 3 cho bàn đàm phán tới",
        "Mưa, lũ, sạt lở, mất điện ở miền núi",
        "Xuất bản cuốn sách đầu tiên về hiệp ước 1987",
    ],
)
def test_headlines_that_begin_alike_stay(line):
    related = Related()
    related.add(line)
    assert [one.headline for one in related.all()] == [line]


def test_ranks_of_a_list_that_counts_are_no_part_of_headlines():
    related = Related()
    for line in ("1 Cháy chợ lúc rạng sáng", "2 Tàu chở dầu mắc cạn ngoài khơi", "3. Giá vàng lập đỉnh mới"):
        related.add(line)
    related.add("5 sai lầm khi mua nhà")
    headlines = [one.headline for one in related.all()]
    assert headlines == [
        "Cháy chợ lúc rạng sáng",
        "Tàu chở dầu mắc cạn ngoài khơi",
        "Giá vàng lập đỉnh mới",
        "5 sai lầm khi mua nhà",
    ]


def test_a_menu_below_a_copied_page_is_no_list_of_headlines():
    menu = ["Chính trị xã hội", "Văn hóa giải trí", "Ô tô xe máy", "Bất động sản", "Nông thôn mới", "Dân tộc tôn giáo"]
    top = ["Trang chủ", "Thời sự", "Thế giới", "Thể thao", "Giáo dục"]
    title = "Hai nước bàn về số đầu đạn hạt nhân còn lại"
    lines = [*top, title, "Thứ Hai, 14/04/2025 | 07:30", BODY, BODY.replace("Sáng nay", "Trước đó")]
    lines += ["Tin liên quan", "Hiệp ước cũ hết hạn vào tháng hai năm tới", "Phái đoàn tới Geneva chiều qua", *menu]
    page = page_from_bytes("\n\n".join(lines), "copy.txt")
    assert page.title == title
    assert [one.headline for one in page.related] == [
        "Hiệp ước cũ hết hạn vào tháng hai năm tới",
        "Phái đoàn tới Geneva chiều qua",
    ]


def test_a_card_does_not_swallow_a_list_of_short_headlines():
    """Few words in each, and no long line among them: still they lead to articles of their own."""
    links = "".join(
        f'<div class="item"><a href="/tin-{n}{n}{n}{n}{n}.html">{text}</a></div>'
        for n, text in enumerate(
            ("Cháy chợ lúc rạng sáng nay", "Tàu mắc cạn ở ngoài khơi", "Giá cà phê lên đỉnh mới"), 1
        )
    )
    section = '<a href="/giao-duc-du-hoc-c216.html">Giáo dục - du học nước ngoài</a>'
    html = f"""<html><body><h1>Hai nước bàn về số đầu đạn</h1><p>{BODY}</p><p>{BODY}</p>
    <table><tr><td><h3><a href="/bai-99999.html">Phái đoàn tới Geneva chiều qua</a></h3>
    <div>{links}<div>{section}</div></div></td></tr></table></body></html>"""
    headlines = {one.headline for one in page_from_bytes(html, "a.html").related}
    assert set(SHORT) <= headlines
    assert "Phái đoàn tới Geneva chiều qua" in headlines
