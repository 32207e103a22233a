"""Word lists of Vietnamese headlines: what names nothing, what wants a neighbour, what stands before names."""

from __future__ import annotations


def _listed(words: str) -> frozenset[str]:
    """Words and phrases, with commas between them."""
    return frozenset(" ".join(words.split()).split(", "))


NO_CONTENT = _listed("""
    ai, anh, bao giờ, bao nhiêu, biết, bà, bác, bên, bạn, bất ngờ, bằng, bị, bỗng, bởi, chiều, cho, chuẩn bị,
    chàng, chính, chính thức, chú, chúng ta, chúng tôi, chưa, chỉ, chị, các, cách, cái, còn, có, có thể, cô,
    cùng, cả, cần, cụ, của, cực, do, duy nhất, dù, dưới, dịp, dọc, dự kiến, em, giờ, giữa, gây, gã, gì, gần,
    hay, hiện, hiện nay, hoá ra, hoặc, hàng loạt, hãy, hóa ra, hôm, hôm nay, hôm qua, hôm sau, hơn, hằng, hết,
    họ, khi, khiến, khác, không, không thể, kể, kể từ, liên tiếp, liên tục, loạt, là, làm, lão, lên, lít, lúc,
    lúc nào, lý do, lượng, lại, lần, lần đầu, lớn, muốn, mà, mét, mình, mọi, mỗi, một, một số, mới, nay, ngay,
    nghìn, ngoài, ngài, ngàn, ngày, ngày mai, người ta, nhanh chóng, nhau, nhiều, nhà mình, nhìn, như, nhưng,
    nhất, nhỏ, nhờ, những, nàng, này, nên, nó, nói, năm, năm nay, năm ngoái, nơi, nữa, phút, phải, phải chăng,
    qua, quá, ra, rất, rằng, rồi, sau, sau khi, sáng, sắp, sẽ, số, sự, ta, theo, thành, tháng, thêm, thì, thấy,
    thầy, thế, thế nào, thời điểm, thứ, thực sự, tiếp tục, toàn bộ, triệu, trong, trên, trưa, trước, trước thềm,
    trở thành, tuần, tuổi, tôi, tại, tấn, tỉ, tỉ đồng, tối, tới, từ, từng, tỷ, tỷ đồng, việc, và, vào, vì, vì
    sao, vẫn, vậy, về, với, vừa, xong, xuống, ông, đang, đi, điều, đánh giá, đâu, đây, đã, đêm, đó, được, đấy,
    đầu tiên, đặc biệt, đến, đều, để, đồng, đồng loạt, đừng, ở
""")
"""What no phrase goes across."""
NO_END = _listed("""
    ba, ban, buổi, bản, bất, bậc, bộ, bức, ca, chiếc, chuyến, chùm, chương, chặng, chủ, con, cuối, cuốn, cuộc,
    cú, cơn, cấp, cặp, cục, cựu, dàn, dòng, gia, giai đoạn, giải, giới, hai, hàng, hãng, hạng, hệ, học, hồi,
    hội, khu, khắp, khối, kỳ, loạt, làn, lô, lượng, lễ, lệnh, lứa, mang, miếng, màn, món, mùa, mảng, mẫu, mặt,
    mỏ, mối, mức, nam, nghi, nghề, ngoài, ngành, ngôi, người, ngọn, nhà, nhân, nhóm, niềm, nạn, nền, nỗi, nữ,
    pha, phi, phiên, phía, phòng, phó, phần, quanh, quyền, quân, quả, sinh, sĩ, số, sở, sợi, tay, thanh, thời,
    tia, tiếng, tiểu, trò, trưởng, trận, trụ, tuyến, tuyển, tân, tên, tình, tòa, tư, tấm, tập, tỉ lệ, tốp, tổ,
    tổng, tờ, viên, việc, viện, vòng, vô, vùng, vệt, vị, vụ, xã, đoàn, đám, đôi, đơn, đương, đại, đầu, đống, đợt
""")
"""Words that want another one behind them."""
END_WHERE_TIED = _listed("""
    chủ, gia, hạng, học, hội, khối, mùa, mặt, nam, nghề, nhà, nền, nữ, quyền, quân, số, tay, thanh, viện, vùng,
    đầu
""")
"""Those of them that end a phrase where they are tied to what stands before: đội tuyển nữ."""
NO_BEGIN = _listed("""
    cao, dài, dọc, hàng, hạng, khắp, kia, luôn, lớn, mạnh, mới, ngay, nhanh, nhỏ, nào, nóng, nọ, thôi, thềm,
    trẻ, tên, tốt, viên, xưa, ấy
""")
"""Words that want another one before them."""
INNER = _listed("""
    cho, chống, của, không, lên, lại, mang, ra, theo, trong, tại, và, vào, về, với, ở
""")
"""What may stand inside a phrase that recurs: nhà ở cho thuê."""
WAYS = _listed("""
    cho, lên, lại, mang, ra, theo, vào, về
""")
"""Those of them that go with a verb."""
WALKS = _listed("bạn, đi, làm, nhìn")
"""Words of no content that may be the beginning of another word: đi bộ."""
NUMBERED = _listed("""
    báo động, bảng, bậc, chặng, chỉ thị, covid, cấp, giai đoạn, hạng, khu vực, khóa, luật, lớp, nghị quyết, nghị
    định, phường, quyết định, quận, quốc lộ, số, thông tư, tuyến, tỉnh lộ, vành đai, vòng, điều, đại hội, đợt
""")
"""What a number belongs to: lớp 10, bão số 4."""
FORMULAS = _listed("""
    ban đầu, bài học, bí mật, bạn đọc, bản tin, bất ngờ, bắt đầu, bổ sung, chi tiết, cho biết, chuẩn bị, chính
    thức, chương trình, cuối cùng, cuối năm, cuộc gặp, cuộc sống, câu chuyện, có thể, công bố, công việc, cùng
    nhau, cơ hội, cảnh báo, cố gắng, cụ thể, diễn ra, dấu hiệu, dự kiến, gia tăng, giai đoạn, giải pháp, giải
    thích, gặp gỡ, hiện nay, hiệu quả, hoạt động, hy vọng, hàng loạt, hành trình, hình ảnh, hôm nay, khoảng
    cách, khoảnh khắc, không còn, không ngờ, khẳng định, kinh hoàng, kêu gọi, kế hoạch, kết quả, liên tiếp, liên
    tục, lên tiếng, lý do, lần thứ, lần đầu, mong muốn, một cách, một mình, mới nhất, mở rộng, nghi vấn, nguy
    cơ, ngày mai, người dân, nhanh chóng, nhân tố, nhận định, năng lực, nổi bật, phát hiện, phát triển, phản
    ứng, quan trọng, quan tâm, quyết định, ra mắt, sau khi, sẵn sàng, tham gia, thay đổi, thành công, thành
    viên, thông báo, thông tin, thế giới, thế nào, thể hiện, thống nhất, thực hiện, tin tức, tiếp tục, tiết lộ,
    toàn bộ, toàn cảnh, triển khai, trường hợp, trải nghiệm, trở lại, trở thành, trở về, tuyên bố, tác động,
    tăng cường, tổ chức, từ chối, tự tin, vì sao, vấn đề, xem nhanh, xem xét, xuất hiện, xảy ra, yêu cầu, yếu
    tố, đánh giá, đầu năm, đầu tiên, đặc biệt, đề cập, đề nghị, đề xuất, đồng loạt, đổi mới, ảnh hưởng
""")
"""What headlines are full of, whatever they are about."""
BEFORE_SENTENCE_NAMES = _listed("""
    anh, buộc, bà, bác, bán, bé, bắt, bị, cha, chuyện, chàng, chú, chị, chồng, chủ, con, các, cô, công, cụ, cựu,
    em, giải, gã, hai, hàng, hãng, hậu, hội, khi, lão, lính, mua, mùa, mẹ, một, ngài, ngày, người, nhà, nhóm,
    nàng, này, nữ, phim, phía, quân, sao, sau, siêu, sư, sếp, thầy, thế, thủ, thứ, trong, trùm, trước, tuyển,
    tàu, tân, tướng, tại, từ, việc, và, vì, vợ, vụ, xe, xem, ông, đoàn, đại, để, đội
""")
"""Words that stand before a name with a capital of their own only because a headline begins with them."""
PERSONS = _listed("""
    anh, bà, bác, bé, chú, chị, cô, em, mẹ, thầy, vợ, ông
""")
"""Words for people that are no part of a name."""
SURNAMES = _listed("""
    bùi, chu, doãn, dương, giang, hoàng, huỳnh, hồ, khổng, kiều, lâm, lê, lý, lưu, lương, nghiêm, nguyễn, ngô,
    nông, phan, phùng, phạm, quách, thân, triệu, trương, trần, trịnh, tô, tăng, tạ, tống, vi, viên, võ, văn, vũ,
    vương, âu, đinh, đàm, đặng, đỗ
""")
"""With one of them and capitals behind it a name begins, wherever it stands."""
BEFORE_NAMES = _listed("biển, cầu, châu, hồ, miền, núi, phương, sông, tiếng, tuổi")
"""Words in small letters that are a part of the name behind them: châu Phi."""
HEADS = _listed("""
    báo, chương, cuộc, cúp, giải, lễ, ngày, quỹ, sở, tháng, trường, tuần, viện
""")
"""Nouns that begin a name of their own: (phía Nam) Giải bóng đá."""
OFFICES = _listed("""
    bs, bv, ca, ceo, clb, csgt, cđv, gs, hlv, hđnd, lđlđ, nsnd, nsưt, pgs, ths, ts, ubnd, vđv
""")
"""Short forms before a name that is also said without them: HLV Kim Sang-sik."""
SHOUTS = _listed("""
    clip, cập nhật, emagazine, highlight, hot, infographic, inside, khẩn, live, mr, mrs, ms, mới, nóng, podcast,
    sốc, trực tiếp, video, xem, độc quyền, ảnh
""")
"""What papers write in capitals before a headline."""
SHORT_NAMES = _listed("""
    anh, bỉ, huế, hàn, israel, lào, mỹ, nga, nhật, pháp, pleiku, séc, ukraine, vinh, việt, áo, úc, ý, đức
""")
"""Names of one syllable, which keep their capital at the beginning of a headline too."""
COUNTRIES = SHORT_NAMES | _listed("""
    afghanistan, ai cập, argentina, australia, ba lan, belarus, brazil, bắc kinh, bồ đào nha, campuchia, canada,
    colombia, cuba, hungary, hy lạp, hà lan, hàn quốc, indonesia, iran, iraq, italia, italy, kiev, lebanon,
    malaysia, mexico, moscow, myanmar, na uy, nam phi, nhật bản, pakistan, palestine, philippines, phần lan,
    qatar, serbia, singapore, syria, thái lan, thổ nhĩ kỳ, thụy sĩ, thụy điển, triều tiên, trung quốc,
    tây ban nha, venezuela, việt nam, washington, yemen, đan mạch, ấn độ
""")
"""Countries, which stand before the name of a person or a thing of theirs: Tổng thống Mỹ Donald Trump."""
COUNTRIES_IN_SHORT = _listed("""
    eu, hàn, nato, nhật, triều, trung, việt, âu, đài, đông âu, ấn
""")
"""What countries are called beside another one: Mỹ - Trung."""
BEHIND_COUNTRIES = _listed("airlines, airways, bank, cup, group, latin, latinh, open, post, times")
"""Words with which a country's name is that of something else."""
