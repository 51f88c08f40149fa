# `cmake --install` and the Debian package: programs, the LibTorch and the Arrow that they were built with in a folder of
# their own, sample, manual pages, desktop entry, icon, file types. `cpack --config build/CPackConfig.cmake -B build` makes
# the package, and tests/desktop/package tries it on a clean Debian.
include(GNUInstallDirs)
set(private_folder "${CMAKE_INSTALL_LIBDIR}/lora-workbench")
set(shared_folder "${CMAKE_INSTALL_DATADIR}/lora-workbench")

file(GLOB torch_libraries "${torch_lib}/libtorch_cpu.so" "${torch_lib}/libc10.so" "${torch_lib}/libgomp*.so*")
if(lora_cuda)
    file(GLOB torch_libraries "${torch_lib}/*.so*")
    install(DIRECTORY "${LIBTORCH_DIR}/nvidia" DESTINATION "${private_folder}" FILES_MATCHING PATTERN "*.so*")
endif()
install(FILES ${torch_libraries} DESTINATION "${private_folder}/torch/lib")
file(GLOB torch_licences "${LIBTORCH_DIR}/*.dist-info/licenses/LICENSE" "${LIBTORCH_DIR}/*.dist-info/licenses/NOTICE")
install(FILES ${torch_licences} DESTINATION "${CMAKE_INSTALL_DOCDIR}/libtorch")
install(FILES ${arrow_libraries} DESTINATION "${private_folder}/arrow")
install(TARGETS lora_arrow LIBRARY DESTINATION "${private_folder}/arrow")
install(TARGETS lora_curl LIBRARY DESTINATION "${private_folder}")
file(GLOB arrow_licences "${ARROW_DIR}/*.dist-info/licenses/*.txt")
install(FILES ${arrow_licences} DESTINATION "${CMAKE_INSTALL_DOCDIR}/arrow")
install(FILES LICENSE README.md resources/package/copyright DESTINATION "${CMAKE_INSTALL_DOCDIR}")
install(FILES resources/package/lora.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
install(FILES resources/package/lintian-overrides DESTINATION "${CMAKE_INSTALL_DATADIR}/lintian/overrides"
    RENAME lora-workbench)

install(TARGETS lora RUNTIME)
install(TARGETS lora-program RUNTIME DESTINATION "${private_folder}")
install(DIRECTORY resources/sample resources/experiments DESTINATION "${shared_folder}" PATTERN "*.py" EXCLUDE)
if(LORA_BUILD_UI)
    install(TARGETS lora-workbench RUNTIME)
    install(TARGETS lora-engine LIBRARY DESTINATION "${private_folder}")
    install(TARGETS lora-workbench-program RUNTIME DESTINATION "${private_folder}")
    install(FILES resources/package/lora-workbench.1 DESTINATION "${CMAKE_INSTALL_MANDIR}/man1")
    install(FILES resources/lora-workbench.desktop DESTINATION "${CMAKE_INSTALL_DATADIR}/applications")
    install(FILES resources/icons/lora-workbench.svg
        DESTINATION "${CMAKE_INSTALL_DATADIR}/icons/hicolor/scalable/apps")
    install(FILES resources/lora-workbench.xml DESTINATION "${CMAKE_INSTALL_DATADIR}/mime/packages")
endif()
install(CODE "
    file(GLOB pages \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_MANDIR}/man1/lora*.1\")
    execute_process(COMMAND gzip -9nf \${pages} COMMAND_ERROR_IS_FATAL ANY)")

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME lora-workbench)
set(CPACK_PACKAGE_VENDOR "LoRA Workbench")
set(CPACK_PACKAGE_CONTACT "LoRA Workbench's developers <lora-workbench@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Fine-tune a language model with LoRA and see what the update is made of")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Pick a model, choose layers, rank and alpha, and start: while it learns, LoRA
Workbench shows the loss, what is saved against full fine-tuning, and the
singular values of the update of every layer. Adapters are PEFT's. It comes
with a window, lora-workbench, and a command, lora; no Python runs.
.
This package holds LibTorch for the processor. On a machine with an NVIDIA
GPU, app/run in a clone of the project fetches the one with CUDA and builds
with it.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${torch_lib}" "${arrow_lib}")
set(CPACK_STRIP_FILES ON)
include(CPack)
